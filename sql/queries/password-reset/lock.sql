-- $1 account or null, $2 network or null, $3 what was typed for an identifier, or null: where nobody has it, requests wait for each other
-- all the same, or the wait would tell. What asks for or uses the links of an account goes one after the other, and so
-- do the requests of one network: what the next statement of the transaction counts is exact. Returns the account as it is
-- then, and stays.
WITH network AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended('password-reset ' || $2::text, 0)) WHERE $2::text IS NOT NULL
), named AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended('password-reset of ' || $3::text, 0)) FROM (SELECT count(*) FROM network) AS after
  WHERE $3::text IS NOT NULL
), held AS MATERIALIZED (
  SELECT to_jsonb(account) AS account FROM account WHERE id = $1 AND (SELECT count(*) FROM named) >= 0 FOR UPDATE
)
SELECT (SELECT count(*) FROM network) AS networks, (SELECT account FROM held) AS account
