SELECT email FROM email_change WHERE account_id = $1 AND ended_at IS NULL AND expires_at > now()
