DELETE FROM trusted_browser WHERE account_id = $1 AND id::text = $2 RETURNING 1 AS one
