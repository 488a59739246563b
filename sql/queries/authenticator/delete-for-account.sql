DELETE FROM authenticator WHERE account_id = $1 RETURNING 1 AS one
