-- No row where the account has $7 of them already, or somebody has this credential.
INSERT INTO passkey (id, account_id, credential_id, public_key, counter, is_synced, name)
SELECT $1, $2, $3, $4, $5, $6, $8
WHERE (SELECT count(*) FROM passkey WHERE account_id = $2) < $7
ON CONFLICT (credential_id) DO NOTHING
RETURNING id
