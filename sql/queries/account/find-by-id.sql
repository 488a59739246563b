-- A subquery rather than a join: an index look-up for each, whatever the planner believes of how many are asked.
-- (SELECT $1) hides the length of the array, or every call would be planned anew for its own.
SELECT n::int, (SELECT row_to_json(account) FROM account WHERE id = asked.id) AS account
FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS asked (id, n)
