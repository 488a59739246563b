-- Up Migration

-- A mail's link that confirms a new mail address. Kept for a month: it counts towards the limits of an account, and tells the
-- address of before.
CREATE TABLE email_change (
  -- SHA-256 of the token in the link: a stolen copy of this table opens nothing.
  token_hash bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  email text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- Used, or replaced by a newer one, or void because the account was secured otherwise.
  ended_at timestamptz,
  used_at timestamptz,
  -- What the account had before, where this was used: put back by « Ce n'était pas moi ».
  former_email text
);
CREATE INDEX email_change_account_id_idx ON email_change (account_id, created_at);
CREATE INDEX email_change_created_at_idx ON email_change (created_at);

-- Down Migration

DROP TABLE email_change;
