-- Row $1 lives another $2 seconds, and its payload says so. Nothing happens to a session that was ended meanwhile.
UPDATE artefact SET
  expires_at = now() + make_interval(secs => $2),
  payload = payload || jsonb_build_object('exp', floor(extract(epoch FROM now()))::int + $2::int)
WHERE id = $1 AND model = 'Session' AND consumed_at IS NULL AND expires_at > now()
RETURNING 1 AS one
