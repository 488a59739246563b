DELETE FROM trusted_browser WHERE account_id = $1 AND token_hash = $2
