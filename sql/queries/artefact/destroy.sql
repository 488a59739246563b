WITH ended AS (
  UPDATE artefact
  SET consumed_at = now(), expires_at = now() + interval '1 minute', uid = NULL, payload = '{}'
  WHERE id = ANY ($1::text[]) AND model IN ('Session', 'Interaction')
)
DELETE FROM artefact WHERE id = ANY ($1::text[]) AND model NOT IN ('Session', 'Interaction')
