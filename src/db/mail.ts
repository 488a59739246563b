// The table of mails (sql/migrations/0003_mail.sql): put in by actions/enqueue-mail.ts, taken and settled by the jobs.
import { MAILS_WITH_SECRET, type MailLocale, type MailTemplate } from '../domain/mail.ts';
import type { Queryable } from './database.ts';

export type NewMail = {
  id: string;
  accountId: string | undefined;
  template: MailTemplate;
  locale: MailLocale;
  address: string;
  params: Record<string, string>;
  secretEncrypted: Buffer | undefined;
  messageId: string;
  expiresAt: Date | undefined;
  /** Until it is sent. */
  delaySeconds: number;
};

/** A mail that this process holds for two minutes; `attempts` proves it when the mail is settled. */
export type ClaimedMail = {
  id: string;
  template: MailTemplate;
  locale: MailLocale;
  address: string;
  params: Record<string, string>;
  secretEncrypted: Buffer | undefined;
  messageId: string;
  attempts: number;
  createdAt: Date;
  isExpired: boolean;
};

export type UnsentMail = {
  id: string;
  accountId: string | undefined;
  template: MailTemplate;
  address: string;
  /** `dead`: given up, `lastError` says why. */
  state: 'queued' | 'dead';
  attempts: number;
  lastError: string | undefined;
  nextAttemptAt: Date | undefined;
  createdAt: Date;
};

// biome-ignore lint/suspicious/noExplicitAny: a row of `pg`; the types above say what it becomes.
type Row = Record<string, any>;

/** Adds the row and its job. */
export async function insertMail(on: Queryable, mail: NewMail): Promise<void> {
  await on.query('mail/enqueue', [
    mail.id,
    mail.accountId ?? null,
    mail.template,
    mail.locale,
    mail.address,
    JSON.stringify(mail.params),
    mail.secretEncrypted ?? null,
    mail.messageId,
    mail.expiresAt ?? null,
    mail.delaySeconds,
  ]);
}

/** Takes the mail, or undefined: it is settled, gone, or held by another process. */
export async function claimMail(on: Queryable, id: string): Promise<ClaimedMail | undefined> {
  const [row] = await on.query<Row>('mail/claim', [id]);
  return (
    row && {
      id: row.id,
      template: row.template,
      locale: row.locale,
      address: row.address,
      params: row.params,
      secretEncrypted: row.secret_encrypted ?? undefined,
      messageId: row.message_id,
      attempts: row.attempts,
      createdAt: row.created_at,
      isExpired: row.is_expired,
    }
  );
}

export async function markMailSent(on: Queryable, { id }: ClaimedMail): Promise<void> {
  await on.query('mail/mark-sent', [id]);
}

/** Never tried again; the reason stays visible. */
export async function markMailDead(
  on: Queryable,
  { id, attempts }: ClaimedMail,
  reason: string,
): Promise<void> {
  await on.query('mail/mark-dead', [id, attempts, reason]);
}

/** Plans the next try. Tells `dead` when the mail is too old for one. */
export async function rescheduleMail(
  on: Queryable,
  { id, attempts }: ClaimedMail,
  reason: string,
  delaySeconds: number,
): Promise<'queued' | 'dead'> {
  const [row] = await on.query<{ state: 'queued' | 'dead' }>('mail/reschedule', [
    id,
    attempts,
    reason,
    delaySeconds,
  ]);
  return row?.state ?? 'queued';
}

/** Keeps waiting mails of an account from being sent: what they hold is not good any more. */
export async function withdrawMails(
  on: Queryable,
  accountId: string,
  templates: MailTemplate[],
): Promise<void> {
  await on.query('mail/withdraw', [accountId, templates]);
}

/** Adds a job for every due mail that has none; at most 1,000. Tells how many. */
export async function sweepMails(on: Queryable): Promise<number> {
  const [row] = await on.query<{ revived: string }>('mail/sweep');
  return Number(row!.revived);
}

/** Removes the jobs of these tasks that can never run again. */
export async function clearJobs(on: Queryable, tasks: string[]): Promise<void> {
  await on.query('mail/clear-jobs', [tasks]);
}

/** Deletes at most 1,000 mails that were over thirty days ago; tells how many. */
export async function purgeMails(on: Queryable): Promise<number> {
  const [row] = await on.query<{ purged: number }>('mail/purge');
  return row!.purged;
}

/**
 * Has what is not sent tried now, were it given up before; returns the ids. Not what has expired, or has lost its secret.
 * @param id one of them; undefined: all
 */
export async function retryMails(on: Queryable, id: string | undefined): Promise<string[]> {
  const rows = await on.query<{ id: string }>('mail/retry', [id ?? null, MAILS_WITH_SECRET]);
  return rows.map((row) => row.id);
}

/** All that waits or was given up, the newest first. */
export async function listUnsentMails(on: Queryable): Promise<UnsentMail[]> {
  const rows = await on.query<Row>('mail/list-unsent');
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id ?? undefined,
    template: row.template,
    address: row.address,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error ?? undefined,
    nextAttemptAt: row.state === 'queued' ? row.next_attempt_at : undefined,
    createdAt: row.created_at,
  }));
}
