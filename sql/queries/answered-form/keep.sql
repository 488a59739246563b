UPDATE answered_form SET answer = $2, expires_at = now() + make_interval(secs => $3) WHERE mark = $1
