SELECT id, account_id, template, address, attempts, last_error, created_at
FROM mail
WHERE state = 'dead'
ORDER BY created_at DESC
LIMIT $1
