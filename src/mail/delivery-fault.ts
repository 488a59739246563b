// Why a mail did not leave, and whether trying again can help. Made by mail/transport.ts from nodemailer's errors, read
// by jobs/send-mail.ts.

/** nodemailer's codes for a reply about this mail (MAIL FROM, RCPT TO, DATA), not about the connection or the login. */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);
/** Replies to a mail that are about us all the same: authentication or encryption is asked for (RFC 4954 §6). */
const ABOUT_THE_SETTINGS = new Set([530, 534, 535, 538]);
const LONGEST_REASON = 500;

export class DeliveryFault extends Error {
  /** True for a 5xx answer about this very mail; everything else may pass: 4xx, timeouts, a server that is away. */
  readonly isPermanent: boolean;

  constructor(reason: string, isPermanent: boolean, cause?: unknown) {
    super(reason.slice(0, LONGEST_REASON), { cause });
    this.name = 'DeliveryFault';
    this.isPermanent = isPermanent;
  }
}

export function toDeliveryFault(error: unknown): DeliveryFault {
  const { code = '', responseCode = 0, message } = error as Error & { code?: string; responseCode?: number };
  const isPermanent =
    ABOUT_THE_MAIL.has(code) &&
    responseCode >= 500 &&
    responseCode < 600 &&
    !ABOUT_THE_SETTINGS.has(responseCode);
  return new DeliveryFault(message || code || 'unknown', isPermanent, error);
}
