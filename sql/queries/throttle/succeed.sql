-- $1 keys; $2 how many earlier failures a success makes good, for each.
-- (SELECT $1) hides the length of the array, or every call would be planned anew for its own.
WITH succeeded AS MATERIALIZED (
  SELECT key, forgives FROM unnest((SELECT $1::text[]), (SELECT $2::int[])) AS succeeded (key, forgives)
), locked AS MATERIALIZED (
  SELECT key FROM throttle WHERE key = ANY ((SELECT $1::text[])::text[]) ORDER BY key FOR UPDATE
)
UPDATE throttle SET
  pending = greatest(0, pending - 1),
  failures = greatest(0, failures - (SELECT forgives FROM succeeded WHERE succeeded.key = throttle.key)),
  blocked_until = NULL
-- As an array, so that each row is reached by its key.
WHERE key = ANY (ARRAY(SELECT key FROM locked))
