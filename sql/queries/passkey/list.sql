SELECT id, credential_id, name, is_synced, created_at, last_used_at FROM passkey WHERE account_id = $1 ORDER BY created_at, id
