DELETE FROM passkey WHERE account_id = $1 RETURNING 1 AS one
