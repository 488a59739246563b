-- By a click a moment ago.
SELECT 1 AS one FROM email_change
WHERE token_hash = $1 AND account_id = $2 AND used_at > now() - interval '1 minute'
