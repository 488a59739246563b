-- $1: a JSON array of rows. Parallel requests of one session each know some of its applications: the union is kept,
-- or back-channel logout would miss one. An ended session or interaction stays ended.
INSERT INTO artefact AS stored (id, model, payload, uid, grant_id, user_code, account_id, expires_at)
SELECT id, model, payload, uid, grant_id, user_code, account_id, now() + make_interval(secs => ttl)
FROM json_to_recordset($1::json) AS given (
  id text, model text, payload jsonb, uid text, grant_id text, user_code text, account_id uuid, ttl float8
)
ON CONFLICT (id) DO UPDATE SET
  payload = CASE
    WHEN stored.model = 'Session' AND stored.payload ? 'authorizations' AND excluded.payload ? 'authorizations'
      AND stored.account_id IS NOT DISTINCT FROM excluded.account_id
    THEN excluded.payload || jsonb_build_object(
      'authorizations', (stored.payload -> 'authorizations') || (excluded.payload -> 'authorizations')
    )
    ELSE excluded.payload
  END,
  uid = excluded.uid,
  grant_id = excluded.grant_id,
  user_code = excluded.user_code,
  account_id = excluded.account_id,
  expires_at = excluded.expires_at
WHERE stored.consumed_at IS NULL
