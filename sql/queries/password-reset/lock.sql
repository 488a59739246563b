-- $1 account or null, $2 network or null. What asks for or uses the links of an account goes one after the other, and so
-- do the requests of one network: what the next statement of the transaction counts is exact.
WITH network AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended('password-reset ' || $2::text, 0)) WHERE $2::text IS NOT NULL
), known AS MATERIALIZED (
  SELECT id FROM account WHERE id = $1 FOR UPDATE
)
SELECT (SELECT count(*) FROM network) AS networks, (SELECT count(*) FROM known) AS accounts
