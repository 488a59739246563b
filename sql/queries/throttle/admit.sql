-- May a try on these keys go ahead? $1 keys, $2 failures before a wait, $3 failures a day at most, each for its key. At
-- most as many tries are under way at once as may still fail: 200 parallel guesses get no more verifications than 200 in
-- a row. For each key: admitted; else how many seconds to wait (0: only for a try under way to end).
-- Rows are locked in the order of their keys, by everyone. What is refused writes nothing.
-- (SELECT $1) hides the length of the array, or every call would be planned anew for its own.
WITH asked AS (
  SELECT key, wait_from, per_day FROM unnest((SELECT $1::text[]), (SELECT $2::int[]), (SELECT $3::int[])) AS asked (key, wait_from, per_day)
), locked AS MATERIALIZED (
  SELECT
    key, failures, blocked_until,
    CASE WHEN pending_until > now() THEN pending ELSE 0 END AS pending,
    CASE WHEN today_since > now() - interval '24 hours' THEN failures_today ELSE 0 END AS failures_today,
    today_since
  FROM throttle WHERE key = ANY ((SELECT $1::text[])::text[]) ORDER BY key FOR UPDATE
), known AS (
  SELECT
    asked.key,
    coalesce(ceil(greatest(
      0,
      extract(epoch FROM blocked_until - now()),
      CASE WHEN failures_today >= per_day THEN extract(epoch FROM today_since + interval '24 hours' - now()) END
    )), 0)::int AS wait_seconds,
    coalesce(pending < greatest(1, wait_from - failures), true) AS has_room
  FROM asked LEFT JOIN locked USING (key)
), admitted AS (
  INSERT INTO throttle AS t (key, pending, pending_until, expires_at)
  SELECT key, 1, now() + interval '10 seconds', now() + interval '24 hours'
  FROM asked
  WHERE NOT EXISTS (SELECT FROM known WHERE wait_seconds > 0 OR NOT has_room)
  ORDER BY key
  ON CONFLICT (key) DO UPDATE SET
    pending = CASE WHEN t.pending_until > now() THEN t.pending ELSE 0 END + 1,
    pending_until = now() + interval '10 seconds'
  -- Of tries that came together on a key nobody knew, each but the first finds the row here.
  WHERE CASE WHEN t.pending_until > now() THEN t.pending ELSE 0 END
      < greatest(1, (SELECT wait_from FROM asked WHERE asked.key = t.key) - t.failures)
    AND (t.blocked_until IS NULL OR t.blocked_until <= now())
  RETURNING key
)
SELECT key, EXISTS (SELECT FROM admitted WHERE admitted.key = known.key) AS admitted, wait_seconds
FROM known
