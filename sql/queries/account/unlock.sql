UPDATE account SET locked_at = NULL, locked_reason = NULL, updated_at = now()
WHERE id = $1
RETURNING to_jsonb(account) AS account
