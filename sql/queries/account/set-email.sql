UPDATE account SET email = $2, updated_at = now()
WHERE id = $1 AND locked_at IS NULL
RETURNING to_jsonb(account) AS account
