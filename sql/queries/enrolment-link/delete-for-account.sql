DELETE FROM enrolment_link WHERE account_id = $1
