UPDATE account
SET password_hash = $2, password_changed_at = now(),
  provisional_expires_at = now() + make_interval(secs => $3), updated_at = now()
WHERE id = $1
RETURNING to_jsonb(account) AS account
