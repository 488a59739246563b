UPDATE account SET locked_at = NULL, locked_reason = NULL, updated_at = now()
WHERE id = $1 AND locked_at IS NOT NULL
RETURNING to_jsonb(account) AS account
