-- $1 keys; $2 how many earlier failures a success makes good, for each.
WITH locked AS MATERIALIZED (
  SELECT key FROM throttle WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE
)
UPDATE throttle SET pending = greatest(0, pending - 1), failures = greatest(0, failures - forgives), blocked_until = NULL
FROM locked JOIN unnest($1::text[], $2::int[]) AS succeeded (key, forgives) USING (key)
WHERE throttle.key = locked.key
