-- Only while the password is still the one that was proven, set at $3 (milliseconds since 1970): of two racing changes one wins.
-- (Not its hash: that is another after a login under new hash settings.)
UPDATE account
SET password_hash = $2, password_changed_at = now(), provisional_expires_at = NULL, updated_at = now()
WHERE id = $1 AND floor(extract(epoch FROM password_changed_at) * 1000) = $3::bigint AND locked_at IS NULL
RETURNING to_jsonb(account) AS account
