-- A session that goes on under another id gives this one up. What it was called stays, so that whoever ends it by the
-- old id ends it all the same. Nothing happens to one that was ended.
UPDATE artefact
SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = NULL, payload = jsonb_build_object('uid', uid)
WHERE id = $1 AND consumed_at IS NULL
