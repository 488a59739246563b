-- A change back: the address was the account's before.
SELECT 1 AS one FROM email_change WHERE account_id = $1 AND used_at IS NOT NULL AND lower(former_email) = lower($2) LIMIT 1
