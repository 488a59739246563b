UPDATE trusted_browser SET last_used_at = now()
WHERE token_hash = $2 AND account_id = $1 AND expires_at > now()
RETURNING 1 AS one
