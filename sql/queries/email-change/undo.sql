-- The account is back at address $2, where it was before: none of what came in between is to be put back one day.
UPDATE email_change SET used_at = NULL, former_email = NULL
WHERE account_id = $1 AND used_at >= (
  SELECT min(used_at) FROM email_change WHERE account_id = $1 AND lower(former_email) = lower($2)
)
