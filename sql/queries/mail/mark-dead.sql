UPDATE mail
SET state = 'dead', last_error = $3, secret_encrypted = NULL, lease_until = NULL
WHERE id = $1 AND attempts = $2 AND state = 'queued'
