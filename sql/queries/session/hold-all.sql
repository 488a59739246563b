-- Requests that are just using a session of the account come first, and what they opened is seen.
SELECT id FROM artefact WHERE account_id = $1 AND model = 'Session' ORDER BY id FOR UPDATE
