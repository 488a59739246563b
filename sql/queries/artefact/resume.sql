-- A login or consent comes back to the provider, once: row $1 is used up and its rows are stored ($2, as in write.sql). No row comes
-- back, and nothing else happens, when it was used or ended before; else how many rows were stored: not a session that goes on under
-- another id by now.
-- $3 the account of a login, else null; the account and the trail ($4 application, $5 address, $6 detail) say so then. Nothing happens
-- when that account is locked by now, or has another password than the one set at $7 (milliseconds since 1970). The account is held
-- first, as by what locks it or changes its password.
-- $8 the row of the session that goes on under a new id, else null. It gives up its uid; what it was called stays, so that whoever ends
-- it by the old id ends it all the same. Its applications go along: others may have been opened since it was read. Somebody who
-- confirms who they are has not come back: the login before stays the one before.
WITH held AS MATERIALIZED (
  SELECT id FROM account
  WHERE id = $3::uuid AND locked_at IS NULL AND floor(extract(epoch FROM password_changed_at) * 1000) = $7::bigint
  FOR UPDATE
), used AS (
  UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', payload = '{}'
  WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() AND ($3::uuid IS NULL OR EXISTS (SELECT FROM held))
  RETURNING id
), former AS MATERIALIZED (
  SELECT artefact.id, payload -> 'authorizations' AS authorizations, account_id
  FROM artefact CROSS JOIN used
  WHERE artefact.id = $8 AND consumed_at IS NULL
  FOR UPDATE OF artefact
), released AS (
  UPDATE artefact
  SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = NULL, payload = jsonb_build_object('uid', uid)
  FROM former
  WHERE artefact.id = former.id
  RETURNING former.authorizations
), signed_in AS (
  UPDATE account SET
    previous_login_at = CASE WHEN returns THEN last_login_at ELSE previous_login_at END,
    last_login_at = CASE WHEN returns THEN now() ELSE last_login_at END
  FROM (SELECT NOT EXISTS (SELECT FROM former WHERE account_id = $3::uuid) AS returns FROM used) AS visit
  WHERE id = (SELECT id FROM held)
  RETURNING id
), told AS (
  INSERT INTO audit (event, account_id, client_id, address, detail)
  SELECT 'login.succeeded', id, $4, $5, $6 FROM signed_in
), written AS (
  INSERT INTO artefact AS stored (id, model, payload, uid, grant_id, user_code, account_id, expires_at)
  SELECT
    given.id, model,
    CASE
      WHEN model = 'Session' AND going_on.authorizations IS NOT NULL AND payload ? 'authorizations'
      THEN payload || jsonb_build_object('authorizations', going_on.authorizations || (payload -> 'authorizations'))
      ELSE payload
    END,
    uid, grant_id, user_code, account_id, now() + make_interval(secs => ttl)
  FROM used
  -- Read for each session before it is inserted: its uid is free before it is taken.
  CROSS JOIN (SELECT (SELECT authorizations FROM released) AS authorizations) AS going_on
  CROSS JOIN json_to_recordset($2::json) AS given (
    id text, model text, payload jsonb, uid text, grant_id text, user_code text, account_id uuid, ttl float8
  )
  -- A grant that other applications' requests know already, or the session of somebody who refused, which keeps its id. (Unlike in
  -- write.sql the provider may store a session without applications here: those that are open stay.)
  ON CONFLICT (id) DO UPDATE SET
    payload = CASE
      WHEN stored.model = 'Session' AND stored.payload ? 'authorizations' AND stored.account_id IS NOT DISTINCT FROM excluded.account_id
      THEN excluded.payload || jsonb_build_object(
        'authorizations', (stored.payload -> 'authorizations') || coalesce(excluded.payload -> 'authorizations', '{}')
      )
      ELSE excluded.payload
    END,
    expires_at = excluded.expires_at
  WHERE stored.consumed_at IS NULL
  RETURNING id
)
SELECT (SELECT count(*)::int FROM written) AS written FROM used
