SELECT id, name, secret_encrypted, last_step::float8 AS last_step, created_at, last_used_at
FROM authenticator WHERE account_id = $1
ORDER BY created_at, id
