SELECT lower(split_part(email, '@', 2)) AS domain, count(*)::int AS accounts
FROM account WHERE email LIKE '%@%' GROUP BY 1
