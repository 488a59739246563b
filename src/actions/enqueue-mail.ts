// Queues a mail in the transaction that causes it: committed with it, rolled back with it, sent by jobs/send-mail.ts.
// Called by every action that tells a person something.
import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { Queryable } from '../db/database.ts';
import { insertMail } from '../db/mail.ts';
import type { Account } from '../domain/account.ts';
import type { MailLocale, MailTemplate } from '../domain/mail.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { toSingleLine } from '../domain/single-line.ts';

export type MailDeps = { secretKey: SecretKey; mailFrom: string };

export type MailOrder = {
  template: MailTemplate;
  to: string;
  accountId: string | undefined;
  locale: MailLocale;
  /** Kept in clear: nothing that opens anything. `name`, when given, stands beside the address. */
  params: Record<string, string>;
  /** The provisional password of `account-created`, the whole link of `reset-requested`: encrypted while it waits. */
  secret?: string;
  /** Not sent from then on. */
  expiresAt?: Date;
  /** Until it is sent; at once where not given. */
  delaySeconds?: number;
};

export class NotAMailAddress extends Error {
  constructor() {
    super('not a mail address');
    this.name = 'NotAMailAddress';
  }
}

/** Returns the id of the mail. Throws `NotAMailAddress` for anything but one plain address. */
export async function enqueueMail(
  transaction: Queryable,
  { secretKey, mailFrom }: MailDeps,
  { template, to, accountId, locale, params, secret, expiresAt, delaySeconds = 0 }: MailOrder,
): Promise<string> {
  if (!isMailAddress(to)) throw new NotAMailAddress();
  const id = randomUUID();
  await insertMail(transaction, {
    id,
    accountId,
    template,
    locale,
    address: to,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, toSingleLine(value)])),
    secretEncrypted: secret === undefined ? undefined : secretKey.encrypt(secret, `mail:${id}`),
    messageId: `<${id}@${domainToASCII(mailFrom.slice(mailFrom.lastIndexOf('@') + 1))}>`,
    expiresAt,
    delaySeconds,
  });
  return id;
}

/** Tells the owner of an account what was done to it; nobody, where there is no address to tell it at. */
export async function enqueueNotice(
  transaction: Queryable,
  mail: MailDeps,
  { id: accountId, email: to, locale }: Pick<Account, 'id' | 'email' | 'locale'>,
  template: MailTemplate,
): Promise<void> {
  if (isMailAddress(to))
    await enqueueMail(transaction, mail, { template, to, accountId, locale, params: {} });
}
