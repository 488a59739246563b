-- No row back: this proof was counted before.
INSERT INTO captcha_proof (hash, expires_at)
VALUES ($1, $2)
ON CONFLICT DO NOTHING
RETURNING hash
