// The trail of what happened to accounts and applications. Append only; written in the transaction of what it tells.
// A login writes its own entry with the rest of what it changes: sql/queries/artefact/resume.sql.
import type { Queryable } from './database.ts';

export type AuditEntry = {
  event:
    | 'account.created'
    | 'account.locked'
    | 'account.unlocked'
    | 'account.reset'
    | 'account.secured'
    | 'account.deleted'
    | 'login.succeeded'
    | 'login.failed'
    | 'session.closed'
    | 'sessions.closed'
    | 'password.changed'
    | 'password.reset-requested'
    | 'email.change-requested'
    | 'email.change-cancelled'
    | 'email.changed'
    | 'authenticator.added'
    | 'authenticator.removed'
    | 'passkey.added'
    | 'passkey.removed'
    | 'recovery-codes.renewed'
    | 'recovery-code.used'
    | 'strong.reset'
    | 'strong.invited'
    | 'strong.required'
    | 'strong.optional'
    | 'browser.trusted'
    | 'browser.distrusted'
    | 'client.created'
    | 'client.deleted'
    | 'consent.granted'
    | 'consent.withdrawn';
  accountId?: string | undefined;
  clientId?: string | undefined;
  /** Where the request came from. */
  address?: string | undefined;
  /** Never a secret, never an identifier that names no account: people type passwords there. */
  detail?: Record<string, string | number | boolean | undefined>;
};

export async function recordAudit(
  on: Queryable,
  { event, accountId, clientId, address, detail }: AuditEntry,
): Promise<void> {
  await on.query('audit/insert', [event, accountId ?? null, clientId ?? null, address ?? null, detail ?? {}]);
}

/** How often a login of this account was refused since then. */
export async function countFailedLogins(on: Queryable, accountId: string, since: Date): Promise<number> {
  const [row] = await on.query<{ failures: number }>('audit/count-failed-logins', [accountId, since]);
  return row!.failures;
}

export type ActivityEntry = {
  at: Date;
  event: AuditEntry['event'];
  detail: Record<string, unknown>;
  /** The application's name. */
  service: string | undefined;
};

/** What happened to an account, newest first. */
export async function listActivity(on: Queryable, accountId: string, most: number): Promise<ActivityEntry[]> {
  const rows = await on.query<Omit<ActivityEntry, 'service'> & { service: string | null }>(
    'audit/list-for-account',
    [accountId, most],
  );
  return rows.map((row) => ({ ...row, service: row.service ?? undefined }));
}

/** Deletes at most 1,000 entries older than 12 months (CNIL 2021-122); returns how many. */
export async function purgeAudit(on: Queryable): Promise<number> {
  return (await on.query('audit/purge')).length;
}
