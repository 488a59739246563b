-- $1: accounts, $2: the encrypted secret of each.
INSERT INTO authenticator (id, account_id, name, secret_encrypted)
SELECT gen_random_uuid(), account_id, 'Téléphone', secret_encrypted
FROM unnest($1::uuid[], $2::bytea[]) AS owned (account_id, secret_encrypted)
