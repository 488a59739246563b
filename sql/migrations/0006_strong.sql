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

-- « Clé d'accès » (WebAuthn): a key pair in a device or a password manager. The table has the public half only.
CREATE TABLE passkey (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  -- As the authenticator chose it.
  credential_id bytea NOT NULL UNIQUE,
  -- COSE (RFC 9052).
  public_key bytea NOT NULL,
  -- Of the newest signature, where the authenticator counts them: a smaller one comes from a copy.
  counter bigint NOT NULL,
  -- May leave the device it was made in.
  is_synced boolean NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX passkey_account_id_idx ON passkey (account_id);

-- Stands in for a lost device, once. A digest under a key that is encrypted in `installation_secret`.
CREATE TABLE recovery_code (
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  PRIMARY KEY (account_id, code_hash)
);

-- A link that lets somebody have their first second factor, mailed or shown by an administrator. The newest of an account.
CREATE TABLE enrolment_link (
  account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  -- SHA-256 of the token in the link: a stolen copy of this table opens nothing.
  token_hash bytea NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX enrolment_link_expires_at_idx ON enrolment_link (expires_at);

-- A browser in which its owner is not asked for a code that only the account demands. The cookie has the token, this its SHA-256.
CREATE TABLE trusted_browser (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE,
  -- Name and system, as people say them.
  browser jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  expires_at timestamptz NOT NULL
);
CREATE INDEX trusted_browser_account_id_idx ON trusted_browser (account_id);
CREATE INDEX trusted_browser_expires_at_idx ON trusted_browser (expires_at);

-- A level that every login of the account must reach, whatever the application asks.
ALTER TABLE account ADD COLUMN minimum_acr text;

-- Down Migration

ALTER TABLE account DROP COLUMN minimum_acr;
DROP TABLE trusted_browser;
DROP TABLE enrolment_link;
DROP TABLE recovery_code;
DROP TABLE passkey;
DROP TABLE authenticator;
