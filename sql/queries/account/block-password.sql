-- $2: a hash of nobody's password. The one of before is remembered, so that it is not set again.
UPDATE account
SET blocked_password_hash = password_hash, password_hash = $2, password_changed_at = now(), provisional_expires_at = NULL, updated_at = now()
WHERE id = $1 AND locked_at IS NULL
RETURNING to_jsonb(account) AS account
