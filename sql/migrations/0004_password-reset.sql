-- Up Migration

-- A mail's link to a new password. Kept for a day: it counts towards the limits of an account and of an address.
CREATE TABLE password_reset (
  -- SHA-256 of the token in the link: a stolen copy of this table opens nothing.
  token_hash bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  -- Where it was asked for from; an IPv6 customer's /64.
  network text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- Used, or replaced by a newer one, or void because the password was changed otherwise.
  ended_at timestamptz
);
CREATE INDEX password_reset_account_id_idx ON password_reset (account_id, created_at);
CREATE INDEX password_reset_network_idx ON password_reset (network, created_at);
CREATE INDEX password_reset_created_at_idx ON password_reset (created_at);

-- What may happen once, and did: a digest of the permission, until that ends.
CREATE TABLE taken_once (
  mark bytea PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX taken_once_expires_at_idx ON taken_once (expires_at);

-- Down Migration

DROP TABLE taken_once;
DROP TABLE password_reset;
