SELECT greatest(0, ceil(extract(epoch FROM blocked_until - now())))::int AS wait_seconds
FROM throttle
WHERE key = $1 AND blocked_until IS NOT NULL
