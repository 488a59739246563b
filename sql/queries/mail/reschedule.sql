-- After a failure that may pass: another try in $4 seconds, or the end of it for a mail of three days. The job is ours to
-- time: the queue's own delay grows to hours.
WITH failed AS (
  UPDATE mail
  SET state = CASE WHEN created_at < now() - interval '3 days' THEN 'dead' ELSE 'queued' END,
    secret_encrypted = CASE WHEN created_at < now() - interval '3 days' THEN NULL ELSE secret_encrypted END,
    last_error = $3,
    lease_until = NULL,
    next_attempt_at = now() + make_interval(secs => $4)
  WHERE id = $1 AND attempts = $2 AND state = 'queued'
  RETURNING id, state, next_attempt_at
)
SELECT state,
  CASE WHEN state = 'queued' THEN (graphile_worker.add_job(
    'send-mail', json_build_object('id', id), run_at => next_attempt_at, job_key => 'mail:' || id
  )).id END AS job_id
FROM failed
