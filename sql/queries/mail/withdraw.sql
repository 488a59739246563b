-- $2 templates: the provisional passwords or links that wait to be mailed to an account are not good any more.
UPDATE mail SET state = 'dead', secret_encrypted = NULL, last_error = 'withdrawn: not good any more'
WHERE account_id = $1 AND state = 'queued' AND template = ANY ($2::text[])
