-- The session of uid $2 of account $1, with what was issued under it. Its uid stays taken, by one of the rows that had it (see
-- artefact/end-session.sql). No row comes back when there is none, or it was ended before.
WITH named AS (
  SELECT id, payload FROM artefact
  WHERE account_id = $1 AND model = 'Session' AND coalesce(uid, payload ->> 'uid') = $2
    AND NOT EXISTS (SELECT FROM artefact AS ended WHERE ended.uid = $2 AND ended.consumed_at IS NOT NULL)
  ORDER BY uid IS NOT NULL DESC
  LIMIT 1
), issued AS (
  DELETE FROM artefact
  WHERE grant_id IN (
    SELECT opened.value ->> 'grantId' FROM named, jsonb_each(payload -> 'authorizations') AS opened
    -- Not what `offline_access` gives.
    WHERE opened.value -> 'persistsLogout' IS DISTINCT FROM 'true'
  )
)
UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = $2, payload = '{}'
FROM named
WHERE artefact.id = named.id
RETURNING 1 AS one
