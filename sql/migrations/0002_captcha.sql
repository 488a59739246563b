-- Up Migration

-- One row a captcha shown. It dies at the first answer, right or wrong.
CREATE TABLE captcha (
  id text PRIMARY KEY,
  answer smallint NOT NULL CHECK (answer BETWEEN 0 AND 4),
  form text NOT NULL,
  binding_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz
);
CREATE INDEX captcha_expires_at ON captcha (expires_at);

-- Proofs of work already counted. Insert only: the primary key is what refuses a replay.
CREATE TABLE captcha_proof (
  hash bytea PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX captcha_proof_expires_at ON captcha_proof (expires_at);

-- Down Migration

DROP TABLE captcha_proof;
DROP TABLE captcha;
