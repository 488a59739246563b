SELECT answer FROM answered_form WHERE mark = $1 AND expires_at > now()
