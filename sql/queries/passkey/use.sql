-- No row where the count has not grown since: the key was copied. Those that do not count always say 0.
UPDATE passkey SET counter = $2, last_used_at = now()
WHERE id = $1 AND ($2 > counter OR ($2 = 0 AND counter = 0))
RETURNING 1 AS one
