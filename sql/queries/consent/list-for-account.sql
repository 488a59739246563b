-- $1 account. What it agreed to, and what its grants hold: applications of the organisation have no more than those.
WITH given AS (
  SELECT client_id, granted_at AS since, scopes, ARRAY[]::text[] AS claims FROM consent WHERE account_id = $1
  UNION ALL
  SELECT
    payload ->> 'clientId', to_timestamp((payload ->> 'iat')::int),
    string_to_array(payload -> 'openid' ->> 'scope', ' '),
    ARRAY (SELECT jsonb_array_elements_text(payload -> 'openid' -> 'claims'))
  FROM artefact
  WHERE account_id = $1 AND model = 'Grant' AND expires_at > now()
)
SELECT
  client.client_id,
  coalesce(client.metadata ->> 'client_name', client.client_id) AS name,
  client.first_party,
  min(given.since) AS since,
  coalesce(array_agg(DISTINCT scope) FILTER (WHERE scope IS NOT NULL), '{}') AS scopes,
  coalesce(array_agg(DISTINCT claim) FILTER (WHERE claim IS NOT NULL), '{}') AS claims
FROM given
JOIN client USING (client_id)
LEFT JOIN LATERAL unnest(given.scopes) AS scope ON true
LEFT JOIN LATERAL unnest(given.claims) AS claim ON true
GROUP BY client.client_id
ORDER BY client.first_party, since DESC
