SELECT account_id, email FROM email_change WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > now()
