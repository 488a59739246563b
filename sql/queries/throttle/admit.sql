-- May a try on $1 go ahead? $2 failures before a wait, $3 failures a day at most. At most as many tries are under way
-- at once as may still fail: 200 parallel guesses get no more verifications than 200 in a row.
-- Answers: admitted; else how many seconds to wait (0: only for a try under way to end).
WITH admitted AS (
  INSERT INTO throttle AS t (key, pending, pending_until, expires_at)
  VALUES ($1, 1, now() + interval '10 seconds', now() + interval '24 hours')
  ON CONFLICT (key) DO UPDATE SET
    pending = CASE WHEN t.pending_until > now() THEN t.pending ELSE 0 END + 1,
    pending_until = now() + interval '10 seconds'
  WHERE (t.blocked_until IS NULL OR t.blocked_until <= now())
    AND (t.failures_today < $3 OR t.today_since <= now() - interval '24 hours')
    AND CASE WHEN t.pending_until > now() THEN t.pending ELSE 0 END < greatest(1, $2 - t.failures)
  RETURNING 1
)
SELECT
  EXISTS (SELECT FROM admitted) AS admitted,
  coalesce((
    SELECT ceil(greatest(
      0,
      extract(epoch FROM blocked_until - now()),
      CASE
        WHEN failures_today >= $3 THEN extract(epoch FROM today_since + interval '24 hours' - now())
      END
    ))
    FROM throttle WHERE key = $1
  ), 0)::int AS wait_seconds
