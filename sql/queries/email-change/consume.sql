-- Of any number of parallel uses, one gets the row.
UPDATE email_change SET ended_at = now()
WHERE token_hash = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now()
RETURNING email
