-- $1 token digest, $2 account or null, $3 network, $4 seconds that the link is good for; $5 links an hour and $6 a day for
-- one account, $7 an hour for one network. No row where there is no room. The older links of the account die.
WITH room AS (
  SELECT id FROM account
  WHERE id = $2 AND locked_at IS NULL
    AND (SELECT count(*) FROM password_reset WHERE account_id = $2 AND created_at > now() - interval '1 hour') < $5
    AND (SELECT count(*) FROM password_reset WHERE account_id = $2 AND created_at > now() - interval '1 day') < $6
    AND (SELECT count(*) FROM password_reset WHERE network = $3 AND created_at > now() - interval '1 hour') < $7
), replaced AS (
  UPDATE password_reset SET ended_at = now() WHERE account_id IN (SELECT id FROM room) AND ended_at IS NULL
)
INSERT INTO password_reset (token_hash, account_id, network, expires_at)
SELECT $1, id, $3, now() + make_interval(secs => $4) FROM room
RETURNING expires_at
