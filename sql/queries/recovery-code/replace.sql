-- The codes of before are void; $2 digests of the new ones.
WITH former AS (
  DELETE FROM recovery_code WHERE account_id = $1
)
INSERT INTO recovery_code (account_id, code_hash) SELECT $1, unnest($2::bytea[])
