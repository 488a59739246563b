-- $1 account, $2 how many. Newest first, with the name of the application where there was one and it still exists.
SELECT at, event, detail, coalesce(client.metadata ->> 'client_name', audit.client_id) AS service
FROM audit LEFT JOIN client ON client.client_id = audit.client_id
WHERE account_id = $1
  -- Anybody may ask for links, and each that was not mailed for being one too many would push something else out of sight.
  AND NOT (event = 'password.reset-requested' AND detail ->> 'result' <> 'mailed')
ORDER BY id DESC
LIMIT $2
