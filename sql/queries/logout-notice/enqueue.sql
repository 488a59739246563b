-- $1 applications, $2 accounts, $3 session ids at these applications, one of each a notice. Tried for about half an hour. After
-- all mails, and by two of the four workers of a process at most: an application that never answers must not hold up anything
-- else.
SELECT (graphile_worker.add_job(
  'tell-logout', json_build_object('clientId', client_id, 'accountId', account_id, 'sid', sid),
  max_attempts => 8, priority => 10, queue_name => 'tell-logout ' || abs(hashtext(client_id) % 2)
)).id AS job_id
FROM unnest($1::text[], $2::text[], $3::text[]) AS notice (client_id, account_id, sid)
