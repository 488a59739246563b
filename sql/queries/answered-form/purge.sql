DELETE FROM answered_form
WHERE mark = ANY (ARRAY(
  SELECT mark FROM answered_form WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
))
RETURNING 1 AS one
