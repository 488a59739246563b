SELECT payload FROM artefact
WHERE uid = $1 AND consumed_at IS NULL AND (expires_at IS NULL OR expires_at > now())
