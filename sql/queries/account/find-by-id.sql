SELECT asked.n::int AS n, to_jsonb(account) AS account
FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, n)
JOIN account ON account.id = asked.id
