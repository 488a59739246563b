-- Ends the session that has, or had, the id $1. Its uid stays taken for a while: a request that is just giving it a new
-- id finds that it cannot.
WITH named AS (
  SELECT id, coalesce(uid, payload ->> 'uid') AS uid FROM artefact WHERE id = $1
), holder AS (
  SELECT artefact.id, artefact.uid FROM artefact JOIN named USING (uid)
), ended AS (
  SELECT id, uid FROM holder
  UNION ALL
  SELECT id, uid FROM named WHERE NOT EXISTS (SELECT FROM holder)
)
UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = ended.uid, payload = '{}'
FROM ended
WHERE artefact.id = ended.id
