-- Whatever else changes the account waits for the end of this transaction, and what it is now stays so.
SELECT to_jsonb(account) AS account FROM account WHERE id = $1 FOR UPDATE
