-- The address that the account had before whatever changes there were in thirty days.
SELECT former_email FROM email_change
WHERE account_id = $1 AND used_at > now() - interval '30 days' AND former_email IS NOT NULL
ORDER BY used_at
LIMIT 1
