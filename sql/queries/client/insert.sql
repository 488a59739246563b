INSERT INTO client (client_id, metadata, secret_encrypted, first_party) VALUES ($1, $2, $3, $4)
