-- The row and its job in one statement of the caller's transaction: both or neither.
WITH queued AS (
  INSERT INTO mail (id, account_id, template, locale, address, params, secret_encrypted, message_id, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  RETURNING id
)
SELECT (graphile_worker.add_job('send-mail', json_build_object('id', id), job_key => 'mail:' || id)).id AS job_id
FROM queued
