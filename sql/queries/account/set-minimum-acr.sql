UPDATE account SET minimum_acr = $2, updated_at = now() WHERE id = $1 RETURNING to_jsonb(account) AS account
