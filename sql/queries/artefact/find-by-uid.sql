SELECT payload FROM artefact WHERE uid = $1 AND (expires_at IS NULL OR expires_at > now())
