WITH ended AS (
  UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', payload = '{}'
  WHERE id = ANY ($1::text[]) AND model = 'Interaction'
)
DELETE FROM artefact WHERE id = ANY ($1::text[]) AND model <> 'Interaction'
