INSERT INTO captcha (id, answer, form, binding_hash, expires_at)
VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
