-- The row and its job in one statement of the caller's transaction: both or neither. $10 seconds until it is sent.
WITH queued AS (
  INSERT INTO mail (id, account_id, template, locale, address, params, secret_encrypted, message_id, expires_at, next_attempt_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))
  RETURNING id, next_attempt_at
)
SELECT (graphile_worker.add_job(
  'send-mail', json_build_object('id', id), run_at => next_attempt_at, job_key => 'mail:' || id
)).id AS job_id
FROM queued
