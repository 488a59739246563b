DELETE FROM email_change
WHERE token_hash = ANY (ARRAY(
  SELECT token_hash FROM email_change WHERE created_at < now() - interval '31 days'
  ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
))
RETURNING 1 AS one
