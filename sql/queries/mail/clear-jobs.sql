-- What add_job leaves behind when it takes the key of a locked job: a job that nobody will ever run or remove.
SELECT count(*) AS cleared
FROM graphile_worker.complete_jobs(ARRAY(
  SELECT id FROM graphile_worker.jobs
  WHERE key IS NULL AND attempts >= max_attempts AND task_identifier = ANY ($1)
    AND (locked_at IS NULL OR locked_at < now() - interval '4 hours')
  LIMIT 1000
))
