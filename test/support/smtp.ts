// A real mail server on a loopback port that keeps what it accepts and fails on demand. Used by every test that waits for
// a mail. A mail whose sender goes away before the answer is dropped, as real servers do.
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export type ReceivedMail = {
  /** Of the envelope. */
  from: string;
  to: string[];
  subject: string;
  messageId: string;
  /** Names in lower case, values as they came, unfolded. */
  headers: Record<string, string>;
  text: string;
  html: string;
  raw: string;
};

export type MailServer = {
  readonly url: string;
  /** Accepted, in order. */
  readonly messages: ReceivedMail[];
  /** How many mails arrived whole, accepted or not. */
  readonly arrived: number;
  /** The reply to each mail: accepted, or this code (4xx, 5xx). */
  answer: 'accept' | number;
  /** Words of a refusal. */
  refusal: string;
  /** Milliseconds between a mail and its reply. */
  delay: number;
  /** Ends every connection and refuses new ones, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** The first accepted mail that fits, already there or to come. Throws after `timeoutMs`. */
  waitForMessage(filter?: (mail: ReceivedMail) => boolean, timeoutMs?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
};

type Waiter = { filter: (mail: ReceivedMail) => boolean; done: (mail: ReceivedMail) => void };

export async function startMailServer(): Promise<MailServer> {
  const messages: ReceivedMail[] = [];
  const waiters = new Set<Waiter>();
  const gone = new WeakSet<SMTPServerSession>();
  let arrived = 0;
  let port = 0;
  let server: SMTPServer | undefined;

  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession) => {
    const raw = Buffer.concat(await stream.toArray()).toString('utf8');
    arrived += 1;
    const { answer, delay, refusal } = mailServer;
    if (delay > 0) await sleep(delay, undefined, { ref: false });
    if (answer !== 'accept') throw Object.assign(new Error(refusal), { responseCode: answer });
    if (gone.has(session)) throw new Error('the sender has gone');
    const mail = toReceivedMail(await simpleParser(raw), session, raw);
    messages.push(mail);
    for (const waiter of waiters) if (waiter.filter(mail)) waiter.done(mail);
  };

  const listen = async () => {
    const next = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 50,
      onClose: (session) => gone.add(session),
      onData: (stream, session, callback) => {
        receive(stream, session).then(() => callback(), callback);
      },
    });
    next.on('error', () => undefined);
    const listener: Server = next.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
    server = next;
  };

  const down = async () => {
    const last = server;
    server = undefined;
    if (last) await new Promise<void>((done) => last.close(() => done()));
  };

  const mailServer: MailServer = {
    get url() {
      return `smtp://127.0.0.1:${port}`;
    },
    messages,
    get arrived() {
      return arrived;
    },
    answer: 'accept',
    refusal: 'no',
    delay: 0,
    down,
    up: listen,
    waitForMessage(filter = () => true, timeoutMs = 60_000) {
      const found = messages.find(filter);
      if (found) return Promise.resolve(found);
      return new Promise((done, fail) => {
        const waiter = { filter, done: settle };
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          fail(new Error(`no such mail in ${timeoutMs} ms (${messages.length} others)`));
        }, timeoutMs);
        function settle(mail: ReceivedMail) {
          clearTimeout(timer);
          waiters.delete(waiter);
          done(mail);
        }
        waiters.add(waiter);
      });
    },
    close: down,
  };
  await listen();
  return mailServer;
}

function toReceivedMail(parsed: ParsedMail, session: SMTPServerSession, raw: string): ReceivedMail {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom ? mailFrom.address : '',
    to: rcptTo.map(({ address }) => address),
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    headers: Object.fromEntries(
      parsed.headerLines.map(({ key, line }) => [
        key,
        line
          .slice(line.indexOf(':') + 1)
          .replace(/\r?\n\s+/g, ' ')
          .trim(),
      ]),
    ),
    text: parsed.text ?? '',
    html: parsed.html || '',
    raw,
  };
}
