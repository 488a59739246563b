SELECT client_id, metadata, secret_encrypted, first_party FROM client ORDER BY created_at, client_id
