-- No row back: somebody else has it. Whoever took it and never gave an answer, for the process died, has lost it.
INSERT INTO answered_form (mark, expires_at) VALUES ($1, now() + make_interval(secs => $2))
ON CONFLICT (mark) DO UPDATE SET answer = NULL, expires_at = excluded.expires_at
WHERE answered_form.expires_at <= now()
RETURNING 1 AS one
