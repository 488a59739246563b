-- The login and its entry in the trail, in one statement: nothing waits between them.
WITH signed_in AS (
  UPDATE account SET previous_login_at = last_login_at, last_login_at = now() WHERE id = $1 RETURNING id
)
INSERT INTO audit (event, account_id, client_id, address, detail)
SELECT 'login.succeeded', id, $2, $3, $4 FROM signed_in
