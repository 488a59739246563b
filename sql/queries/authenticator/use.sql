-- Of any number of parallel uses of one code, one gets the row. $3: the secret under a newer key, or null.
UPDATE authenticator SET last_step = $2, last_used_at = now(), secret_encrypted = coalesce($3, secret_encrypted)
WHERE id = $1 AND last_step < $2
RETURNING 1 AS one
