-- Up Migration

-- A professional. `id` is the `sub` of tokens: opaque, never reused. Passwords live here because each account has
-- exactly one; a provisional password is one with an end date.
CREATE TABLE account (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  identifier text NOT NULL,
  -- NFKC, lower case, no spaces: what two identifiers are compared by (domain/identifier.ts).
  identifier_normalised text NOT NULL UNIQUE,
  email text NOT NULL,
  given_name text NOT NULL,
  family_name text NOT NULL,
  rpps text UNIQUE,
  roles text[] NOT NULL DEFAULT '{}',
  organization text,
  organization_id text,
  locale text,
  password_hash text NOT NULL,
  password_changed_at timestamptz NOT NULL DEFAULT now(),
  -- Not null: the password is provisional and must be changed at the next login, before this time.
  provisional_expires_at timestamptz,
  locked_at timestamptz,
  locked_reason text,
  last_login_at timestamptz,
  previous_login_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_email_key ON account (lower(email));

-- An application. `metadata` is the RFC 7591 document; the secret is kept encrypted beside it because
-- client_secret_jwt needs its value.
CREATE TABLE client (
  client_id text PRIMARY KEY,
  metadata jsonb NOT NULL,
  secret_encrypted bytea,
  first_party boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- What a person agreed to give to a third-party application.
CREATE TABLE consent (
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
  scopes text[] NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, client_id)
);

-- Everything the provider library stores: sessions, interactions, codes, tokens, grants, replay marks. `id` is a
-- digest of model and value: a stolen copy of this table opens nothing. (A grant's is its plain name: it opens nothing
-- by itself, and tokens are read together with theirs.) `consumed_at` on a session or interaction: ended, kept for a
-- moment so that a request still under way cannot bring it back.
CREATE TABLE artefact (
  id text COLLATE "C" PRIMARY KEY,
  model text NOT NULL,
  payload jsonb NOT NULL,
  uid text COLLATE "C",
  grant_id text COLLATE "C",
  user_code text COLLATE "C",
  account_id uuid,
  consumed_at timestamptz,
  expires_at timestamptz
);
CREATE UNIQUE INDEX artefact_uid_key ON artefact (uid) WHERE uid IS NOT NULL;
CREATE UNIQUE INDEX artefact_user_code_key ON artefact (user_code) WHERE user_code IS NOT NULL;
CREATE INDEX artefact_grant_id_idx ON artefact (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX artefact_account_id_idx ON artefact (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX artefact_expires_at_idx ON artefact (expires_at);

CREATE TABLE signing_key (
  kid text PRIMARY KEY,
  alg text NOT NULL,
  jwk_encrypted bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('next', 'current', 'previous')),
  not_before timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX signing_key_current_key ON signing_key (alg) WHERE state = 'current';

-- Random values of this installation that must outlive IDP_SECRET_KEY: what pairwise subjects are made from.
CREATE TABLE installation_secret (
  name text PRIMARY KEY,
  value_encrypted bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Failed logins per identifier and per address, both as keyed digests: people type passwords into the wrong field.
CREATE TABLE throttle (
  key text COLLATE "C" PRIMARY KEY,
  failures integer NOT NULL DEFAULT 0,
  failures_today integer NOT NULL DEFAULT 0,
  today_since timestamptz NOT NULL DEFAULT now(),
  blocked_until timestamptz,
  -- Tries whose password is being verified right now; void after `pending_until` (a process that died).
  pending integer NOT NULL DEFAULT 0,
  pending_until timestamptz,
  expires_at timestamptz NOT NULL
);
CREATE INDEX throttle_expires_at_idx ON throttle (expires_at);

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  event text NOT NULL,
  account_id uuid,
  client_id text,
  address text,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_account_id_idx ON audit (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX audit_at_idx ON audit (at);

-- Down Migration

DROP TABLE audit, throttle, installation_secret, signing_key, artefact, consent, client, account;
