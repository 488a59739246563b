-- « Ce n'était pas moi »: what was added lately may be somebody else's, and so may recovery codes that were made lately.
WITH removed AS (
  DELETE FROM authenticator WHERE account_id = $1 AND created_at > now() - make_interval(days => $2) RETURNING 1 AS one
), codes AS (
  DELETE FROM recovery_code WHERE account_id = $1 AND created_at > now() - make_interval(days => $2)
)
SELECT count(*)::int AS removed FROM removed
