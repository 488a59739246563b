SELECT to_jsonb(account) AS account FROM account WHERE lower(email) = lower($1)
