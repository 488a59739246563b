-- Several processes may start at once: one key an algorithm stays.
INSERT INTO signing_key (kid, alg, jwk_encrypted, state) VALUES ($1, $2, $3, 'current')
ON CONFLICT DO NOTHING
