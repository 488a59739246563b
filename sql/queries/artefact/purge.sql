DELETE FROM artefact
WHERE id IN (
  SELECT id FROM artefact WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)
RETURNING 1 AS one
