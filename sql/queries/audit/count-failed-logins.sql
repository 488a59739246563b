-- $1 account, $2 since when.
SELECT count(*)::int AS failures FROM audit WHERE account_id = $1 AND event = 'login.failed' AND at > $2
