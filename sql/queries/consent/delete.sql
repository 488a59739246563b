DELETE FROM consent WHERE account_id = $1 AND client_id = $2 RETURNING 1 AS one
