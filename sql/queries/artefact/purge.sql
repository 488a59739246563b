-- As an array, so that each row is reached by its key however large the table is.
DELETE FROM artefact
WHERE id = ANY (ARRAY(
  SELECT id FROM artefact WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
))
RETURNING 1 AS one
