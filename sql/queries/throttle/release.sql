-- Tries that were given up before anything was looked at.
WITH locked AS MATERIALIZED (
  SELECT key FROM throttle WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE
)
UPDATE throttle SET pending = greatest(0, pending - 1) FROM locked WHERE throttle.key = locked.key
