SELECT consent.client_id, coalesce(client.metadata ->> 'client_name', consent.client_id) AS name, scopes, granted_at
FROM consent JOIN client USING (client_id)
WHERE account_id = $1
ORDER BY granted_at DESC
