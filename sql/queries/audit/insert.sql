INSERT INTO audit (event, account_id, client_id, address, detail) VALUES ($1, $2, $3, $4, $5)
