-- $1 ids, $2 client_id of the request or null, each row of its own.
-- A token or session comes with what the same request will ask for next: its session, its grant and its account.
-- All in one JSON array: reading it once costs less than rows and columns one by one.
-- Subqueries and LATERAL rather than joins: each is an index look-up whatever the planner believes of a new table's size.
-- (SELECT $1) hides the length of the array, or every call would be planned anew for its own.
SELECT json_agg(json_build_array(
  asked.n,
  found.payload,
  found.consumed_at IS NOT NULL, -- consumed
  (
    SELECT payload FROM artefact
    WHERE uid = found.payload ->> 'sessionUid' AND consumed_at IS NULL AND expires_at > now()
  ),
  (
    SELECT payload FROM artefact WHERE id = 'Grant:' || found.used_grant_id AND expires_at > now()
  ),
  found.used_grant_id,
  (
    SELECT row_to_json(account) FROM account WHERE id = found.account_id
  )
)) AS found
FROM unnest((SELECT $1::text[]), (SELECT $2::text[])) WITH ORDINALITY AS asked (id, client_id, n)
CROSS JOIN LATERAL (
  SELECT
    payload, consumed_at, account_id,
    coalesce(grant_id, payload -> 'authorizations' -> asked.client_id ->> 'grantId') AS used_grant_id
  FROM artefact
  WHERE id = asked.id
    AND (expires_at IS NULL OR expires_at > now())
    AND (consumed_at IS NULL OR model NOT IN ('Session', 'Interaction'))
  OFFSET 0
) AS found
