-- The one attempt: whoever gets the row back has spent it.
UPDATE captcha
SET consumed_at = now()
WHERE id = $1
  AND form = $2
  AND binding_hash = $3
  AND consumed_at IS NULL
  AND expires_at > now()
RETURNING answer
