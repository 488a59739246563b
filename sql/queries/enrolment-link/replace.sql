-- $1 account, $2 token digest, $3 seconds that the link is good for. The one of before dies.
INSERT INTO enrolment_link (account_id, token_hash, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at
RETURNING expires_at
