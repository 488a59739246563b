UPDATE account SET previous_login_at = last_login_at, last_login_at = now() WHERE id = $1
