-- Every code, token and grant that an application ($2) has of an account ($1).
DELETE FROM artefact
WHERE account_id = $1 AND model NOT IN ('Session', 'Interaction') AND payload ->> 'clientId' = $2
RETURNING 1 AS one
