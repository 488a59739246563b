-- Only while the password is still the one that was proven ($3): of two racing changes one wins.
UPDATE account
SET password_hash = $2, password_changed_at = now(), provisional_expires_at = NULL, updated_at = now()
WHERE id = $1 AND password_hash = $3 AND locked_at IS NULL
RETURNING to_jsonb(account) AS account
