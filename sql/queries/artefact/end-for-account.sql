-- Everything an account has under way, but for the session of uid $2 with its tokens, and the row $3, where given.
WITH ended AS (
  UPDATE artefact
  SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = NULL, payload = '{}'
  WHERE account_id = $1 AND model IN ('Session', 'Interaction')
    AND uid IS DISTINCT FROM $2 AND id IS DISTINCT FROM $3
)
DELETE FROM artefact
WHERE account_id = $1 AND model NOT IN ('Session', 'Interaction')
  AND ($2::text IS NULL OR payload ->> 'sessionUid' IS DISTINCT FROM $2)
