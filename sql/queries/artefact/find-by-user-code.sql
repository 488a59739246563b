SELECT payload, consumed_at IS NOT NULL AS consumed
FROM artefact
WHERE user_code = $1 AND (expires_at IS NULL OR expires_at > now())
