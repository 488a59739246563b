-- In a transaction that holds the account: what closes its sessions waits, or is seen.
SELECT 1 AS one FROM artefact
WHERE account_id = $1 AND model = 'Session' AND uid = $2 AND consumed_at IS NULL AND expires_at > now()
