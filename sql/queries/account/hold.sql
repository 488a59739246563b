-- Whatever else changes the account waits for the end of this transaction.
SELECT 1 AS one FROM account WHERE id = $1 FOR UPDATE
