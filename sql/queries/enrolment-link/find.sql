SELECT account_id FROM enrolment_link WHERE token_hash = $1 AND expires_at > now()
