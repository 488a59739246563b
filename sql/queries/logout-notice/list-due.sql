-- Which applications want to hear of the end of sessions of account $1: all but the one of uid $2, that of uid $3 alone, at
-- application $4 alone, where given.
SELECT client.client_id, opened.value ->> 'sid' AS sid
FROM artefact AS session
CROSS JOIN LATERAL jsonb_each(session.payload -> 'authorizations') AS opened
JOIN client ON client.client_id = opened.key AND client.metadata ? 'backchannel_logout_uri'
WHERE session.account_id = $1 AND session.model = 'Session'
  AND session.consumed_at IS NULL AND session.expires_at > now()
  AND ($2::text IS NULL OR session.uid IS DISTINCT FROM $2)
  AND ($3::text IS NULL OR session.uid = $3)
  AND opened.value ->> 'sid' IS NOT NULL
  AND ($4::text IS NULL OR client.client_id = $4)
