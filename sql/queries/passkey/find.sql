SELECT id, account_id, public_key, is_synced FROM passkey WHERE credential_id = $1
