-- The login of row $1 becomes a session, once: its rows ($2, as in write.sql) are stored, the account $3 and the trail ($4
-- application, $5 address, $6 detail) say so. Nothing happens, and no row comes back, when it was used or ended before, or when
-- the account is locked by now or has another password than the one set at $7 (milliseconds since 1970).
-- The account is held first, as by everything that ends its logins. Ids of sessions are new here, so nothing is merged.
WITH held AS (
  SELECT id FROM account
  WHERE id = $3 AND locked_at IS NULL AND floor(extract(epoch FROM password_changed_at) * 1000) = $7::bigint
  FOR UPDATE
), used AS (
  UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', payload = '{}'
  WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() AND EXISTS (SELECT FROM held)
  RETURNING id
), signed_in AS (
  UPDATE account SET previous_login_at = last_login_at, last_login_at = now()
  WHERE id = (SELECT held.id FROM held CROSS JOIN used)
  RETURNING id
), told AS (
  INSERT INTO audit (event, account_id, client_id, address, detail)
  SELECT 'login.succeeded', id, $4, $5, $6 FROM signed_in
), written AS (
  INSERT INTO artefact AS stored (id, model, payload, uid, grant_id, user_code, account_id, expires_at)
  SELECT given.id, model, payload, uid, grant_id, user_code, account_id, now() + make_interval(secs => ttl)
  FROM signed_in
  CROSS JOIN json_to_recordset($2::json) AS given (
    id text, model text, payload jsonb, uid text, grant_id text, user_code text, account_id uuid, ttl float8
  )
  ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at
  WHERE stored.consumed_at IS NULL
)
SELECT 1 AS one FROM signed_in
