-- $5: the step of the code that confirmed it, which is used up by that. No row where the account has $6 of them already.
INSERT INTO authenticator (id, account_id, name, secret_encrypted, last_step)
SELECT $1, $2, $3, $4, $5
WHERE (SELECT count(*) FROM authenticator WHERE account_id = $2) < $6
RETURNING id
