-- An address is personal data: what is over is kept for thirty days.
WITH purged AS (
  DELETE FROM mail
  WHERE id IN (
    SELECT id FROM mail
    WHERE state <> 'queued' AND created_at < now() - interval '30 days'
    ORDER BY created_at
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
  )
  RETURNING 1
)
SELECT count(*)::integer AS purged FROM purged
