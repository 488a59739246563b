// Bytes to a port and bytes back: for requests that no HTTP client would write (two Hosts, absolute targets, odd verbs).
import { connect } from 'node:net';

export type RawAnswer = {
  /** 0: the connection was closed without an answer. */
  status: number;
  /** Status line and headers. */
  head: string;
  body: string;
};

const LONGEST_WAIT_MS = 20_000;

/** Sends the lines, each ended by CRLF, and reads until the server closes: send « Connection: close ». */
export function sendRaw(address: string, lines: string[], body = ''): Promise<RawAnswer> {
  const { hostname, port } = new URL(address);
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    const finish = () => {
      socket.destroy();
      done(parse(Buffer.concat(chunks).toString('utf8')));
    };
    socket.setTimeout(LONGEST_WAIT_MS, () => socket.destroy(new Error('no end of the answer')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', finish);
    socket.on('close', finish);
    // A server that refuses may reset while we still send: what it said before counts.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish() : fail(error),
    );
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body: end < 0 ? '' : text.slice(end + 4),
  };
}
