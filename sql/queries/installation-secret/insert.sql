INSERT INTO installation_secret (name, value_encrypted) VALUES ($1, $2)
ON CONFLICT (name) DO NOTHING
