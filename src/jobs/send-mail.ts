// The job that sends one mail: takes its row, sends with no connection of the database held, writes down what became of
// it. Started by the queue (jobs/start-jobs.ts); a job too many finds nothing to take.
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { type ClaimedMail, claimMail, markMailDead, markMailSent, rescheduleMail } from '../db/mail.ts';
import { retryDelaySeconds } from '../domain/mail.ts';
import { maskMailAddress } from '../domain/mail-address.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { toSingleLine } from '../domain/single-line.ts';
import { DeliveryFault } from '../mail/delivery-fault.ts';
import { toMessage } from '../mail/message.ts';
import { createMailRenderer, type MailBranding, type RenderMail } from '../mail/render.ts';
import type { MailTransport } from '../mail/transport.ts';
import type { Templates } from '../pug/load.ts';
import { whileDatabaseAway } from './while-database-away.ts';

export type MailResult = 'sent' | 'retried' | 'dead';

export type SendMailOptions = {
  database: Database;
  secretKey: SecretKey;
  transport: MailTransport;
  mailFrom: string;
  branding: MailBranding;
  templates: Templates;
  logger: Logger;
  onMail: (result: MailResult) => void;
  /** Aborts when the process stops: what is not sent by then goes back to the queue. */
  stopping: AbortSignal;
};

/** Well inside the lease of a mail (sql/queries/mail/claim.sql): a server that trickles its answers is left. */
const LONGEST_SEND = 90_000;

export function createMailSender(options: SendMailOptions): (id: string) => Promise<void> {
  const { database, logger, onMail, stopping } = options;
  const renderMail = createMailRenderer(options.templates);

  return async (id) => {
    if (stopping.aborted) throw new Error('the process is stopping');
    const mail = await claimMail(database, id);
    if (mail === undefined) return;
    const fault = await deliver(mail, renderMail, options);
    const result = await whileDatabaseAway(() => settle(mail, fault), stopping);
    onMail(result);
    logger[result === 'sent' ? 'info' : 'warn'](
      {
        mail: id,
        template: mail.template,
        to: maskMailAddress(mail.address),
        attempts: mail.attempts,
        reason: fault && maskedReason(mail, fault),
      },
      `mail ${result}`,
    );
  };

  async function settle(mail: ClaimedMail, fault: DeliveryFault | undefined): Promise<MailResult> {
    if (fault === undefined) {
      await markMailSent(database, mail);
      return 'sent';
    }
    if (fault.isPermanent) {
      await markMailDead(database, mail, fault.message);
      return 'dead';
    }
    const delay = stopping.aborted ? 0 : retryDelaySeconds(mail.attempts, Math.random());
    return (await rescheduleMail(database, mail, fault.message, delay)) === 'dead' ? 'dead' : 'retried';
  }
}

/** Undefined once the server has accepted the mail. */
async function deliver(
  mail: ClaimedMail,
  renderMail: RenderMail,
  options: SendMailOptions,
): Promise<DeliveryFault | undefined> {
  if (mail.isExpired) return new DeliveryFault('expired before it could be sent', true);
  let secret: string | undefined;
  try {
    const { branding } = options;
    secret = mail.secretEncrypted && options.secretKey.decrypt(mail.secretEncrypted, `mail:${mail.id}`);
    const message = toMessage({
      from: { name: branding.organisation, address: options.mailFrom },
      to: { name: mail.params.name ?? '', address: mail.address },
      locale: mail.locale,
      messageId: mail.messageId,
      createdAt: mail.createdAt,
      rendered: renderMail(mail.template, mail.locale, {
        branding,
        portalUrl: branding.portalUrl,
        params: mail.params,
        secret,
      }),
    });
    await options.transport.send(
      message,
      AbortSignal.any([options.stopping, AbortSignal.timeout(LONGEST_SEND)]),
    );
    return undefined;
  } catch (error) {
    // Neither a key that is missing today nor a broken template is the fault of the mail: it waits for the repair.
    const isPermanent = error instanceof DeliveryFault && error.isPermanent;
    return new DeliveryFault(
      withoutSecret(toSingleLine((error as Error).message), secret),
      isPermanent,
      error,
    );
  }
}

/** Some servers quote the part of a mail that they refuse: the password, the link, or only the end of it. */
function withoutSecret(reason: string, secret = ''): string {
  const token = secret.split(/[/=#]/).at(-1)!;
  return [secret, token]
    .filter((part) => part.length >= 8)
    .reduce((shown, part) => shown.replaceAll(part, '•••'), reason);
}

function maskedReason({ address }: ClaimedMail, { message }: DeliveryFault): string {
  return message.replaceAll(address, maskMailAddress(address));
}
