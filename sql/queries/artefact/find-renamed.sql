-- A session that goes on under another id.
SELECT 1 AS one FROM artefact
WHERE id = $1 AND model = 'Session' AND consumed_at IS NOT NULL AND uid IS NULL AND expires_at > now()
