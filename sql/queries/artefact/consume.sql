-- Of any number of parallel uses, the row is returned to one.
UPDATE artefact SET consumed_at = now()
WHERE id = ANY ($1::text[]) AND consumed_at IS NULL AND (expires_at IS NULL OR expires_at > now())
RETURNING id
