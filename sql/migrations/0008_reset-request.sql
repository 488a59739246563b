-- Up Migration

-- A request from a network counts towards its limit whether a link came of it or not: else the limit tells who has an account.
ALTER TABLE password_reset ALTER COLUMN account_id DROP NOT NULL;

-- Down Migration

DELETE FROM password_reset WHERE account_id IS NULL;
ALTER TABLE password_reset ALTER COLUMN account_id SET NOT NULL;
