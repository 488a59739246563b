-- $1 a mail or null: all that are not sent. Those that wait are tried now; those given up are tried again, but for what
-- cannot be sent any more: expired, or written around a secret ($2 templates), which is gone.
WITH retried AS (
  UPDATE mail SET
    state = 'queued',
    next_attempt_at = now(),
    -- Counted from now on: what is older than three days is given up.
    created_at = CASE state WHEN 'dead' THEN now() ELSE created_at END
  WHERE ($1::uuid IS NULL OR id = $1)
    AND (state = 'queued' OR (state = 'dead' AND template <> ALL ($2::text[])))
    AND (expires_at IS NULL OR expires_at > now())
    AND (lease_until IS NULL OR lease_until < now())
  RETURNING id
)
SELECT id, (graphile_worker.add_job('send-mail', json_build_object('id', id), job_key => 'mail:' || id)).id AS job_id
FROM retried
