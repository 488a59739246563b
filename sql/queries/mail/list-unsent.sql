SELECT id, account_id, template, address, state, attempts, last_error, next_attempt_at, created_at
FROM mail
WHERE state <> 'sent'
ORDER BY created_at DESC
