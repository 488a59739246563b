-- Whoever holds the lease by now, and were it withdrawn meanwhile: the server has accepted it, so it must not be sent again.
UPDATE mail
SET state = 'sent', sent_at = now(), secret_encrypted = NULL, lease_until = NULL, last_error = NULL
WHERE id = $1 AND state <> 'sent'
