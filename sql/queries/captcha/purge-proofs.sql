WITH expired AS (
  DELETE FROM captcha_proof
  WHERE hash IN (SELECT hash FROM captcha_proof WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
  RETURNING 1
)
SELECT count(*)::int AS purged FROM expired
