DELETE FROM enrolment_link
WHERE account_id = ANY (ARRAY(
  SELECT account_id FROM enrolment_link WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
))
RETURNING 1 AS one
