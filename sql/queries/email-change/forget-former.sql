UPDATE email_change SET used_at = NULL, former_email = NULL WHERE account_id = $1 AND used_at IS NOT NULL
