-- $1 ids to use up: of any number of parallel uses, each is returned to one. $3 the sessions among them: those
-- that were not written come back as late, since they go on under another id by now, or were ended. $2 a JSON array of rows to store; a row that
-- `requires` one of these ids is stored only if it was won here.
-- Parallel requests of one session each know some of its applications: the union is kept, or back-channel logout would
-- miss one. An ended session or interaction stays ended.
-- (SELECT $1) hides the length of the array, or every call would be planned anew for its own.
WITH used AS (
  UPDATE artefact SET
    consumed_at = now(),
    -- A login that is over stays for a moment, empty, so that a request under way cannot bring it back.
    expires_at = CASE model WHEN 'Interaction' THEN now() + interval '1 minute' ELSE expires_at END,
    payload = CASE model WHEN 'Interaction' THEN '{}' ELSE payload END
  WHERE id = ANY ((SELECT $1::text[])::text[]) AND consumed_at IS NULL AND (expires_at IS NULL OR expires_at > now())
  RETURNING id
), written AS (
  INSERT INTO artefact AS stored (id, model, payload, uid, grant_id, user_code, account_id, expires_at)
  SELECT id, model, payload, uid, grant_id, user_code, account_id, now() + make_interval(secs => ttl)
  -- Joined, so that ids are locked before rows in every process.
  FROM (SELECT array_agg(id) AS ids FROM used) AS won
  CROSS JOIN json_to_recordset($2::json) AS given (
    id text, model text, payload jsonb, uid text, grant_id text, user_code text, account_id uuid, ttl float8, requires text
  )
  WHERE requires IS NULL OR requires = ANY (won.ids)
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
  RETURNING id
)
SELECT id, false AS is_late FROM used
UNION ALL
SELECT id, true FROM unnest((SELECT $3::text[])) AS session (id)
WHERE NOT EXISTS (SELECT FROM written WHERE written.id = session.id)
