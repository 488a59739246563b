SELECT client_id, metadata, secret_encrypted, first_party FROM client WHERE client_id = $1
