SELECT value_encrypted FROM installation_secret WHERE name = $1
