-- $1 a place in the accounts: the mail domain of whoever comes next, so that large domains come up more often.
SELECT lower(split_part(email, '@', 2)) AS domain FROM account WHERE id >= $1 AND email LIKE '%@%' ORDER BY id LIMIT 1
