DELETE FROM trusted_browser
WHERE id = ANY (ARRAY(
  SELECT id FROM trusted_browser WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
))
RETURNING 1 AS one
