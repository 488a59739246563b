SELECT to_jsonb(account) AS account FROM account WHERE identifier_normalised = $1
