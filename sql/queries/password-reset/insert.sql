-- $1 token digest, $2 account or null, $3 network, $4 seconds that the link is good for; $5 links an hour and $6 a day for
-- one account, $7 requests an hour from one network. No row back where there is no room; what was asked is counted for the network,
-- as the row of nobody, until that has none. The older links of the account die.
WITH network AS (
  SELECT 1 WHERE (SELECT count(*) FROM password_reset WHERE network = $3 AND created_at > now() - interval '1 hour') < $7
), room AS (
  SELECT id FROM account, network
  WHERE id = $2 AND locked_at IS NULL
    AND (SELECT count(*) FROM password_reset WHERE account_id = $2 AND created_at > now() - interval '1 hour') < $5
    AND (SELECT count(*) FROM password_reset WHERE account_id = $2 AND created_at > now() - interval '1 day') < $6
), replaced AS (
  UPDATE password_reset SET ended_at = now() WHERE account_id IN (SELECT id FROM room) AND ended_at IS NULL
), counted AS (
  INSERT INTO password_reset (token_hash, account_id, network, expires_at, ended_at)
  SELECT $1, id, $3, now() + make_interval(secs => $4), CASE WHEN id IS NULL THEN now() END
  FROM network LEFT JOIN room ON true
  RETURNING account_id, expires_at
)
SELECT expires_at FROM counted WHERE account_id IS NOT NULL
