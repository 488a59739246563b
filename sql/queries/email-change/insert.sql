-- $1 token digest, $2 account, $3 new address, $4 seconds that the link is good for; $5 links an hour and $6 a day. No row where
-- there is no room. The older links of the account die.
WITH room AS (
  SELECT id FROM account
  WHERE id = $2 AND locked_at IS NULL
    AND (SELECT count(*) FROM email_change WHERE account_id = $2 AND created_at > now() - interval '1 hour') < $5
    AND (SELECT count(*) FROM email_change WHERE account_id = $2 AND created_at > now() - interval '1 day') < $6
), replaced AS (
  UPDATE email_change SET ended_at = now() WHERE account_id IN (SELECT id FROM room) AND ended_at IS NULL
)
INSERT INTO email_change (token_hash, account_id, email, expires_at)
SELECT $1, id, $3, now() + make_interval(secs => $4) FROM room
RETURNING expires_at
