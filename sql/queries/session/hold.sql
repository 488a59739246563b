-- Requests that are just using the session come first, and what they opened is seen.
SELECT id FROM artefact
WHERE account_id = $1 AND model = 'Session' AND coalesce(uid, payload ->> 'uid') = $2
ORDER BY id
FOR UPDATE
