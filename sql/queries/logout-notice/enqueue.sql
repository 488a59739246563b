-- $1 application, $2 account, $3 session id at that application. Tried for about half an hour.
SELECT (graphile_worker.add_job(
  'tell-logout', json_build_object('clientId', $1::text, 'accountId', $2::text, 'sid', $3::text), max_attempts => 8
)).id AS job_id
