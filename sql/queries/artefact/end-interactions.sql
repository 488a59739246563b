-- The logins that somebody has under way, with what was proved in them.
UPDATE artefact SET consumed_at = now(), expires_at = now() + interval '1 minute', payload = '{}'
WHERE account_id = $1 AND model = 'Interaction'
