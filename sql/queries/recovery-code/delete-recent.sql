-- « Ce n'était pas moi »: those that were made lately may be in somebody else's hands.
DELETE FROM recovery_code WHERE account_id = $1 AND created_at > now() - make_interval(days => $2)
