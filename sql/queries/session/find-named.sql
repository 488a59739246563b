-- The session that has, or had a moment ago, the id of row $1, and is somebody's.
SELECT account_id, coalesce(uid, payload ->> 'uid') AS uid
FROM artefact
WHERE id = $1 AND model = 'Session' AND account_id IS NOT NULL AND expires_at > now()
