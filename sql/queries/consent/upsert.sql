INSERT INTO consent AS known (account_id, client_id, scopes)
VALUES ($1, $2, $3)
ON CONFLICT (account_id, client_id) DO UPDATE SET
  scopes = (SELECT array_agg(DISTINCT scope) FROM unnest(known.scopes || excluded.scopes) AS scope),
  granted_at = now()
