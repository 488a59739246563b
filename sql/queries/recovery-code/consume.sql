-- Of any number of parallel uses, one gets the row.
UPDATE recovery_code SET used_at = now() WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING 1 AS one
