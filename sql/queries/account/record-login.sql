-- The login and its entry in the trail, in one statement: nothing waits between them. $5 when the password
-- that was proved was set, in milliseconds since 1970: no row where it is another by now.
WITH signed_in AS (
  UPDATE account SET previous_login_at = last_login_at, last_login_at = now()
  WHERE id = $1 AND locked_at IS NULL AND floor(extract(epoch FROM password_changed_at) * 1000) = $5::bigint
  RETURNING id
)
INSERT INTO audit (event, account_id, client_id, address, detail)
SELECT 'login.succeeded', id, $2, $3, $4 FROM signed_in
RETURNING 1 AS one
