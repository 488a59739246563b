-- $1 account, $2 since when. At a login, as opposed to an old password that its owner mistyped in « Mon compte ».
SELECT count(*)::int AS failures FROM audit WHERE account_id = $1 AND event = 'login.failed' AND client_id IS NOT NULL AND at > $2
