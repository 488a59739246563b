UPDATE account SET locked_at = coalesce(locked_at, now()), locked_reason = $2, updated_at = now()
WHERE id = $1
RETURNING to_jsonb(account) AS account
