SELECT scopes FROM consent WHERE account_id = $1 AND client_id = $2
