-- $1 account, $2 the session that asks, $3 how many. That one first, then the newest login, with the applications that were opened in each, still exist and still have access.
SELECT
  session.uid,
  to_timestamp((session.payload ->> 'loginTs')::int) AS signed_in_at,
  session.payload -> 'amr' AS amr,
  session.payload -> 'browser' AS browser,
  ARRAY (
    SELECT coalesce(client.metadata ->> 'client_name', client.client_id)
    FROM jsonb_each(session.payload -> 'authorizations') AS opened (client_id, given)
    JOIN client USING (client_id)
    JOIN artefact AS access ON access.id = 'Grant:' || (opened.given ->> 'grantId')
    ORDER BY 1
  ) AS services
FROM artefact AS session
WHERE session.account_id = $1 AND session.model = 'Session' AND session.consumed_at IS NULL AND session.expires_at > now()
ORDER BY session.uid = $2 DESC, signed_in_at DESC, session.uid
LIMIT $3
