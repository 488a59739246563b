-- $1 application, $2 account, $3 session id at that application. Tried for about half an hour. After all mails, and by two of
-- the four workers of a process at most: an application that never answers must not hold up anything else.
SELECT (graphile_worker.add_job(
  'tell-logout', json_build_object('clientId', $1::text, 'accountId', $2::text, 'sid', $3::text), 
  max_attempts => 8, priority => 10, queue_name => 'tell-logout ' || abs(hashtext($1::text) % 2)
)).id AS job_id
