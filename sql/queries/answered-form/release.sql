DELETE FROM answered_form WHERE mark = $1 AND answer IS NULL
