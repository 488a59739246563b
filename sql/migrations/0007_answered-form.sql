-- Up Migration

-- What was answered to a form that may be sent once, for the second of two clicks, whichever process it comes to. Without a log: it
-- is of no use after a crash, and a click waits for none.
CREATE UNLOGGED TABLE answered_form (
  -- SHA-256 of the form and of who sent it.
  mark bytea PRIMARY KEY,
  -- Encrypted. Null while the first click is at work.
  answer bytea,
  expires_at timestamptz NOT NULL
);
CREATE INDEX answered_form_expires_at_idx ON answered_form (expires_at);

-- Down Migration

DROP TABLE answered_form;
