-- $1 account or null, $2 network. What asks for, uses or ends the links of an account goes one after the other, and so
-- does what comes from one network: what the next statement of the transaction counts is exact.
WITH network AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended('password-reset ' || $2::text, 0))
), known AS MATERIALIZED (
  SELECT id FROM account WHERE id = $1 FOR UPDATE
)
SELECT (SELECT count(*) FROM network) AS networks, (SELECT count(*) FROM known) AS accounts
