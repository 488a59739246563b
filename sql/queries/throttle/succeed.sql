-- $1 keys; $2 how many earlier failures a success makes good, for each.
UPDATE throttle SET pending = greatest(0, pending - 1), failures = greatest(0, failures - forgives), blocked_until = NULL
FROM unnest($1::text[], $2::int[]) AS succeeded (succeeded_key, forgives)
WHERE key = succeeded_key
