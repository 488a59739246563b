-- One process at a time, and not before its time, whatever jobs there are. The attempt is counted before it is made, so
-- that a crash counts too.
UPDATE mail
SET lease_until = now() + interval '2 minutes', attempts = attempts + 1
WHERE id = $1 AND state = 'queued' AND next_attempt_at <= now() AND (lease_until IS NULL OR lease_until < now())
RETURNING id, template, locale, address, params, secret_encrypted, message_id, attempts, created_at,
  coalesce(expires_at <= now(), false) AS is_expired
