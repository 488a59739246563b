-- $1 ids, $2 client_id of the request or null, each row of its own.
-- A token or session comes with what the same request will ask for next: its session, its grant and its account.
SELECT
  asked.n::int AS n,
  found.payload,
  found.consumed_at IS NOT NULL AS consumed,
  session.payload AS session,
  granted.payload AS "grant",
  granted.grant_id AS grant_id,
  to_jsonb(account) AS account
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (id, client_id, n)
JOIN artefact found
  ON found.id = asked.id
  AND (found.expires_at IS NULL OR found.expires_at > now())
  AND (found.consumed_at IS NULL OR found.model NOT IN ('Session', 'Interaction'))
LEFT JOIN artefact session
  ON session.uid = found.payload ->> 'sessionUid'
  AND session.expires_at > now()
LEFT JOIN artefact granted
  ON granted.id = 'Grant:' || coalesce(
    found.grant_id,
    found.payload -> 'authorizations' -> asked.client_id ->> 'grantId'
  )
  AND granted.expires_at > now()
LEFT JOIN account ON account.id = found.account_id
