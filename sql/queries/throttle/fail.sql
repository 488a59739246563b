-- $1 keys; for each: $2 failures before a wait, $3 first wait, $4 longest wait, in seconds. Returns how many failures each has now.
WITH locked AS MATERIALIZED (
  SELECT key FROM throttle WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE
)
UPDATE throttle SET
  pending = greatest(0, pending - 1),
  failures = failures + 1,
  failures_today = CASE WHEN today_since > now() - interval '24 hours' THEN failures_today + 1 ELSE 1 END,
  today_since = CASE WHEN today_since > now() - interval '24 hours' THEN today_since ELSE now() END,
  blocked_until = CASE
    WHEN failures + 1 >= wait_from
    THEN now() + make_interval(secs => least(longest, first * power(2, least(30, failures + 1 - wait_from))))
  END,
  expires_at = now() + interval '24 hours'
FROM locked JOIN unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS failed (key, wait_from, first, longest) USING (key)
WHERE throttle.key = locked.key
RETURNING throttle.key, throttle.failures
