-- Of a link that was used, or replaced, within the last minute.
SELECT account_id FROM password_reset WHERE token_hash = $1 AND ended_at > now() - interval '1 minute'
