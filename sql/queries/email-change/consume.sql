-- Of any number of parallel uses, one gets the row. $3: the address of before, for the day when the change was not its owner's.
UPDATE email_change SET ended_at = now(), used_at = now(), former_email = $3
WHERE token_hash = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now()
RETURNING email
