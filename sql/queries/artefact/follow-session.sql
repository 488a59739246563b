-- $1 ids of sessions that were not written, $2 the applications of each: it was given a new id while the request was under way. They
-- are added to the session where it goes on. Comes back with those that it did for: not when it was ended, nor when it gets yet
-- another id at this moment.
WITH late AS (
  SELECT late.id, former.payload ->> 'uid' AS uid, late.authorizations
  FROM unnest($1::text[], $2::jsonb[]) AS late (id, authorizations) JOIN artefact AS former USING (id)
  WHERE former.uid IS NULL
)
UPDATE artefact
SET payload = jsonb_set(payload, '{authorizations}', late.authorizations || coalesce(payload -> 'authorizations', '{}'))
FROM late
WHERE artefact.uid = late.uid AND artefact.model = 'Session' AND artefact.consumed_at IS NULL
RETURNING late.id
