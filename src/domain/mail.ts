// What a mail is made of, and when one that failed is tried again. Read by actions/enqueue-mail.ts, db/mail.ts and mail/.

export type MailTemplate =
  | 'account-created'
  | 'password-changed'
  | 'reset-requested'
  | 'account-alarm'
  | 'alarm-for-support'
  | 'email-change-requested'
  | 'email-change-notice'
  | 'email-changed'
  | 'email-in-use'
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'recovery-codes-renewed'
  | 'recovery-code-used'
  | 'strong-reset'
  | 'strong-invited';

/** Those whose password or link is deleted once they are given up: they cannot be sent again. */
export const MAILS_WITH_SECRET: MailTemplate[] = [
  'account-created',
  'reset-requested',
  'email-change-requested',
  'strong-invited',
];

export function isMailWithSecret(template: MailTemplate): boolean {
  return MAILS_WITH_SECRET.includes(template);
}

export type MailLocale = 'fr' | 'en';

const FIRST_DELAY_SECONDS = 5;
const LONGEST_DELAY_SECONDS = 60;

/**
 * Seconds to wait after the `attempts`-th try: 5, 10, 20, 40, then 60, less up to a quarter so that a backlog does not
 * come back all at once. Never over a minute: a mail leaves within two of the server's return.
 * `random` is in [0, 1).
 */
export function retryDelaySeconds(attempts: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (attempts - 1));
  return delay * (1 - random / 4);
}
