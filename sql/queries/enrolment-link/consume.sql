-- Of any number of parallel uses, one gets the row.
DELETE FROM enrolment_link WHERE account_id = $1 AND token_hash = $2 AND expires_at > now() RETURNING 1 AS one
