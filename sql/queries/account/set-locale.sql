UPDATE account SET locale = $2, updated_at = now() WHERE id = $1
