// How far this machine's clock is from a time server's (SNTP, RFC 4330): one-time codes are good for half a minute.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const PORT = 123;
const WAIT_MS = 2_000;
const LENGTH = 48;
/** No leap second, version 4, client. */
const REQUEST = 0x23;
const SERVER_MODE = 4;
const TRANSMITTED = 40;
const RECEIVED = 32;
const ORIGINAL = 24;
/** Milliseconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800_000;

/**
 * Milliseconds that the server is ahead of this machine. Throws when it does not answer in two seconds, or answers something else.
 * @param server host name, with a port where it is not 123
 */
export async function askTimeServer(server: string): Promise<number> {
  const { hostname, port } = new URL(`udp://${server}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    const request = Buffer.alloc(LENGTH);
    request[0] = REQUEST;
    // Comes back with the answer: nobody else can give one.
    const mark = randomBytes(8);
    mark.copy(request, TRANSMITTED);
    const sent = Date.now();
    socket.send(request, port === '' ? PORT : Number(port), host);
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(WAIT_MS) })) as [Buffer];
    const received = Date.now();
    if (!isAnswer(answer, mark)) throw new Error('the answer is not one of a time server');
    return (readTime(answer, RECEIVED) - sent + (readTime(answer, TRANSMITTED) - received)) / 2;
  } finally {
    socket.close();
  }
}

function isAnswer(answer: Buffer, mark: Buffer): boolean {
  const stratum = answer[1] ?? 0;
  return (
    answer.length >= LENGTH &&
    (answer[0]! & 0x07) === SERVER_MODE &&
    stratum >= 1 &&
    stratum <= 15 &&
    answer.subarray(ORIGINAL, ORIGINAL + 8).equals(mark)
  );
}

/** Milliseconds since 1970. */
function readTime(answer: Buffer, at: number): number {
  return answer.readUInt32BE(at) * 1000 + (answer.readUInt32BE(at + 4) / 2 ** 32) * 1000 - NTP_EPOCH;
}
