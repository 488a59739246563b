-- $2: how many earlier failures a success makes good.
UPDATE throttle SET pending = greatest(0, pending - 1), failures = greatest(0, failures - $2::int), blocked_until = NULL
WHERE key = $1
