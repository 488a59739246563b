-- Counts on key $1 a try whose end is not known yet, unless one has to wait. $2 tries before a wait, $3 first wait, $4 longest wait, in
-- seconds. Returns the seconds to wait; 0: counted.
WITH counted AS (
  INSERT INTO throttle AS t (key, failures, expires_at)
  VALUES ($1, 1, now() + interval '24 hours')
  ON CONFLICT (key) DO UPDATE SET
    failures = t.failures + 1,
    blocked_until = CASE
      WHEN t.failures + 1 >= $2::int
      THEN now() + make_interval(secs => least($4::int, $3::int * power(2, least(30, t.failures + 1 - $2::int))))
    END,
    expires_at = now() + interval '24 hours'
  WHERE t.blocked_until IS NULL OR t.blocked_until <= now()
  RETURNING 1 AS one
)
SELECT CASE
  WHEN EXISTS (SELECT FROM counted) THEN 0
  ELSE coalesce((SELECT greatest(1, ceil(extract(epoch FROM blocked_until - now()))) FROM throttle WHERE key = $1), 1)
END::int AS wait_seconds
