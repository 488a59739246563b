-- May a try on these keys go ahead? $1 keys, $2 failures before a wait, $3 failures a day at most, each for its key. At
-- most as many tries are under way at once as may still fail: 200 parallel guesses get no more verifications than 200 in
-- a row. For each key: admitted; else how many seconds to wait (0: only for a try under way to end).
WITH asked AS (
  SELECT key, wait_from, per_day FROM unnest($1::text[], $2::int[], $3::int[]) AS asked (key, wait_from, per_day)
), admitted AS (
  INSERT INTO throttle AS t (key, pending, pending_until, expires_at)
  SELECT key, 1, now() + interval '10 seconds', now() + interval '24 hours' FROM asked
  ON CONFLICT (key) DO UPDATE SET
    pending = CASE WHEN t.pending_until > now() THEN t.pending ELSE 0 END + 1,
    pending_until = now() + interval '10 seconds'
  WHERE (t.blocked_until IS NULL OR t.blocked_until <= now())
    AND (
      t.today_since <= now() - interval '24 hours'
      OR t.failures_today < (SELECT per_day FROM asked WHERE asked.key = t.key)
    )
    AND CASE WHEN t.pending_until > now() THEN t.pending ELSE 0 END
      < greatest(1, (SELECT wait_from FROM asked WHERE asked.key = t.key) - t.failures)
  RETURNING key
)
SELECT
  asked.key,
  EXISTS (SELECT FROM admitted WHERE admitted.key = asked.key) AS admitted,
  coalesce(ceil(greatest(
    0,
    extract(epoch FROM known.blocked_until - now()),
    CASE
      WHEN known.failures_today >= asked.per_day
      THEN extract(epoch FROM known.today_since + interval '24 hours' - now())
    END
  )), 0)::int AS wait_seconds
FROM asked LEFT JOIN throttle AS known USING (key)
