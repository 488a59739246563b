DELETE FROM trusted_browser WHERE account_id = $1
