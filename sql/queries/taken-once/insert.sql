-- No row back: it was taken before.
INSERT INTO taken_once (mark, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1 AS one
