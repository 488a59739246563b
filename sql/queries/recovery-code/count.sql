SELECT count(*)::int AS unused FROM recovery_code WHERE account_id = $1 AND used_at IS NULL
