UPDATE email_change SET ended_at = now() WHERE account_id = $1 AND ended_at IS NULL RETURNING 1 AS one
