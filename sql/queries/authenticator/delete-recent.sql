-- « Ce n'était pas moi »: what was added lately may be somebody else's.
DELETE FROM authenticator WHERE account_id = $1 AND created_at > now() - make_interval(days => $2) RETURNING 1 AS one
