-- $1 account. The newest login first, with the applications that were opened in each and still exist.
SELECT
  uid,
  to_timestamp((payload ->> 'loginTs')::int) AS signed_in_at,
  payload -> 'amr' AS amr,
  payload -> 'browser' AS browser,
  ARRAY (
    SELECT coalesce(client.metadata ->> 'client_name', client.client_id)
    FROM jsonb_object_keys(payload -> 'authorizations') AS opened (client_id) JOIN client USING (client_id)
    ORDER BY 1
  ) AS services
FROM artefact
WHERE account_id = $1 AND model = 'Session' AND consumed_at IS NULL AND expires_at > now()
ORDER BY signed_in_at DESC, uid
LIMIT $2
