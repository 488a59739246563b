// A mail as nodemailer takes it: addresses as objects, never as text to parse, and the headers that say a machine wrote
// it. Called by jobs/send-mail.ts.
import type { SendMailOptions } from 'nodemailer';
import type { MailLocale } from '../domain/mail.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import { toSingleLine } from '../domain/single-line.ts';
import { DeliveryFault } from './delivery-fault.ts';
import type { RenderedMail } from './render.ts';

export type Letter = {
  from: { name: string; address: string };
  to: { name: string; address: string };
  locale: MailLocale;
  messageId: string;
  createdAt: Date;
  rendered: RenderedMail;
};

/** Throws a permanent `DeliveryFault` when the recipient is not one plain address. */
export function toMessage({ from, to, locale, messageId, createdAt, rendered }: Letter): SendMailOptions {
  if (!isMailAddress(to.address)) throw new DeliveryFault('not a mail address', true);
  return {
    from: { name: toSingleLine(from.name), address: from.address },
    to: { name: toSingleLine(to.name), address: to.address },
    envelope: { from: from.address, to: [to.address] },
    subject: toSingleLine(rendered.subject),
    text: rendered.text,
    html: rendered.html,
    messageId,
    date: createdAt,
    headers: {
      // RFC 3834 §5: no robot answers a robot.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': locale,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
