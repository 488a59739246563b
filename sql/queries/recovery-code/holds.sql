-- Does the account have one of these digests?
SELECT EXISTS (SELECT FROM recovery_code WHERE account_id = $1 AND code_hash = ANY ($2::bytea[])) AS held
