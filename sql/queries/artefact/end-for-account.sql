-- Everything an account has under way, but for the session of uid $2 with its tokens, and the row $3, where given.
-- The uid of an ended session stays taken, by one of the rows that had it (see end-session.sql).
WITH named AS (
  SELECT id, coalesce(uid, payload ->> 'uid') AS uid, uid IS NOT NULL AS is_holder
  FROM artefact
  WHERE account_id = $1 AND model IN ('Session', 'Interaction')
), ended AS (
  SELECT DISTINCT ON (coalesce(uid, id)) id, uid
  FROM named
  -- Logins under way have no uid: where nothing is kept, « distinct from null » would spare them.
  WHERE ($2::text IS NULL OR uid IS DISTINCT FROM $2) AND id IS DISTINCT FROM $3
  ORDER BY coalesce(uid, id), is_holder DESC
), over AS (
  UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = ended.uid, payload = '{}'
  FROM ended
  WHERE artefact.id = ended.id
)
DELETE FROM artefact
WHERE account_id = $1 AND model NOT IN ('Session', 'Interaction')
  AND ($2::text IS NULL OR payload ->> 'sessionUid' IS DISTINCT FROM $2)
  -- What the tokens of the session stand on.
  AND (model <> 'Grant' OR grant_id NOT IN (
    SELECT granted.value ->> 'grantId' FROM artefact AS kept, jsonb_each(kept.payload -> 'authorizations') AS granted
    WHERE kept.uid = $2 AND kept.account_id = $1 AND granted.value ->> 'grantId' IS NOT NULL
  ))
