// The way to the organisation's mail server: a few connections kept open, every wait bounded. Opened by
// jobs/start-jobs.ts, used by jobs/send-mail.ts. No retry of its own: the mail's row plans them.
import { isIP } from 'node:net';
import type { SendMailOptions } from 'nodemailer';
import { createTransport } from 'nodemailer';
import { toDeliveryFault } from './delivery-fault.ts';

export type MailTransport = {
  /** Resolves once the server has accepted the mail. Throws `DeliveryFault`, also when `signal` aborts it. */
  send(message: SendMailOptions, signal: AbortSignal): Promise<void>;
  /** Ends every connection, those in the middle of a mail too. */
  close(): void;
};

export type MailTransportOptions = {
  /** `smtp://` (STARTTLS where offered) or `smtps://`, with user and password when the server asks for them. */
  url: string;
  connections: number;
};

/** Milliseconds. A server may take 30 s over a mail; the lease of a mail is 2 min. */
const CONNECTION_TIMEOUT = 30_000;
const SOCKET_TIMEOUT = 60_000;

export function openMailTransport({ url, connections }: MailTransportOptions): MailTransport {
  const transporter = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxRequeues: 0,
    // A password never goes over a line in clear, unless the URL says `?requireTLS=false` or the server is this machine.
    requireTLS: new URL(url).username !== '' && !isThisMachine(new URL(url).hostname),
    connectionTimeout: CONNECTION_TIMEOUT,
    greetingTimeout: CONNECTION_TIMEOUT,
    dnsTimeout: CONNECTION_TIMEOUT,
    socketTimeout: SOCKET_TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // A connection that dies while idle is no fault of a mail; without a listener it would be one of the process.
  transporter.on('error', () => undefined);

  return {
    async send(message, signal) {
      try {
        await transporter.sendMail({ ...message, signal });
      } catch (error) {
        throw toDeliveryFault(error);
      }
    },
    close: () => transporter.close({ force: true }),
  };
}

function isThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}
