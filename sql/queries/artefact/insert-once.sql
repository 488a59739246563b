-- A replay mark: the first to come wins, until it expires. No row returned: seen before.
INSERT INTO artefact AS stored (id, model, payload, expires_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4))
ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at
WHERE stored.expires_at <= now()
RETURNING id
