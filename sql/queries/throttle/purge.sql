DELETE FROM throttle
WHERE key = ANY (ARRAY(
  SELECT key FROM throttle WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
))
RETURNING 1 AS one
