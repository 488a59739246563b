-- Up Migration

-- An application that shows one-time codes (RFC 6238): what a person has, beside the password that they know.
CREATE TABLE authenticator (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  name text NOT NULL,
  -- Bound to the account: a copy in another row opens nothing.
  secret_encrypted bytea NOT NULL,
  -- Of the newest code that was accepted: no code is accepted twice, nor one before it.
  last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX authenticator_account_id_idx ON authenticator (account_id);

-- Stands in for a lost device, once. A digest under a key that is not in the database.
CREATE TABLE recovery_code (
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  PRIMARY KEY (account_id, code_hash)
);

-- A level that every login of the account must reach, whatever the application asks.
ALTER TABLE account ADD COLUMN minimum_acr text;

-- Down Migration

ALTER TABLE account DROP COLUMN minimum_acr;
DROP TABLE recovery_code;
DROP TABLE authenticator;
