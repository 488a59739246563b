SELECT kid, alg, jwk_encrypted, state, not_before
FROM signing_key
ORDER BY state = 'current' DESC, alg DESC, created_at DESC
