-- For the operator: every account's, in parts. $1 the id after which to go on, $2 how many.
SELECT id, account_id, secret_encrypted FROM authenticator WHERE id > $1 ORDER BY id LIMIT $2
