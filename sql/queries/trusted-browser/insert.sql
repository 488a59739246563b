-- $1 account, $2 token digest, $3 browser, $4 days.
INSERT INTO trusted_browser (account_id, token_hash, browser, expires_at)
VALUES ($1, $2, $3, now() + make_interval(days => $4))
