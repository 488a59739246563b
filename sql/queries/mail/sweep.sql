-- Mails that are due, that nobody holds and that no job will look at: their process was killed, or their job lost. A job
-- locked by a dead process stays locked for four hours; add_job takes its key away and adds a new one. A job that was
-- locked this moment is being taken up: its mail is about to be claimed.
SELECT count(graphile_worker.add_job('send-mail', json_build_object('id', id), job_key => 'mail:' || id)) AS revived
FROM (
  SELECT id FROM mail
  WHERE state = 'queued' AND next_attempt_at <= now() AND (lease_until IS NULL OR lease_until < now())
    AND NOT EXISTS (
      SELECT FROM graphile_worker.jobs
      WHERE jobs.key = 'mail:' || mail.id
        AND (
          (jobs.locked_at IS NULL AND jobs.attempts < jobs.max_attempts AND jobs.run_at <= now())
          OR jobs.locked_at > now() - interval '10 seconds'
        )
    )
  ORDER BY next_attempt_at
  LIMIT 1000
) AS forgotten
