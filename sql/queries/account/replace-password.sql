-- By someone who proved otherwise that the account is theirs: the password of before does not matter.
UPDATE account
SET password_hash = $2, password_changed_at = now(), provisional_expires_at = NULL, updated_at = now()
WHERE id = $1 AND locked_at IS NULL
RETURNING to_jsonb(account) AS account
