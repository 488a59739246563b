-- Up Migration

-- A mail that must leave, has left or never will. This row is the truth: the job of the queue only says when to look
-- at it, so a job that is lost, doubled or locked by a dead process changes nothing.
CREATE TABLE mail (
  id uuid PRIMARY KEY,
  account_id uuid REFERENCES account ON DELETE SET NULL,
  template text NOT NULL,
  locale text NOT NULL,
  address text NOT NULL,
  params jsonb NOT NULL DEFAULT '{}',
  -- The provisional password or the link of a mail that waits; gone once it is sent or given up.
  secret_encrypted bytea CHECK (secret_encrypted IS NULL OR state = 'queued'),
  -- Fixed here, so that a mail sent twice by a crash is one mail to its reader.
  message_id text NOT NULL UNIQUE,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'dead')),
  -- Counted when a process takes the mail: also the proof that it is still the one who holds it.
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  -- Held by a process that is sending it, until then at most.
  lease_until timestamptz,
  last_error text,
  -- Worthless afterwards: the end of its link or of its provisional password.
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz
);
CREATE INDEX mail_next_attempt_at_idx ON mail (next_attempt_at) WHERE state = 'queued';
CREATE INDEX mail_dead_idx ON mail (created_at) WHERE state = 'dead';
CREATE INDEX mail_created_at_idx ON mail (created_at) WHERE state <> 'queued';
CREATE INDEX mail_account_id_idx ON mail (account_id) WHERE account_id IS NOT NULL;

-- Down Migration

DROP TABLE mail;
