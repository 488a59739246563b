SELECT account_id FROM password_reset WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > now()
