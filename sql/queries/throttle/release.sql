-- Tries that were given up before anything was looked at.
UPDATE throttle SET pending = greatest(0, pending - 1) WHERE key = ANY ($1::text[])
