SELECT id, browser, created_at, last_used_at, expires_at FROM trusted_browser
WHERE account_id = $1 AND expires_at > now()
ORDER BY created_at DESC, id
LIMIT 50
