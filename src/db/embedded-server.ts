// The thread that holds the embedded database: PostgreSQL compiled to WebAssembly behind a Unix socket, so that the
// event loop that answers people never waits for a query to be computed. Started by db/embedded.ts only.
// Its connections share one session. `@electric-sql/pglite-socket` lets their messages mix, so that one query may be
// answered with the rows of another; here a query runs from its first message to its Sync, and a transaction to its end.
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { readMessages } from './wire-messages.ts';

const { dataFolder, socketPath } = workerData as { dataFolder?: string; socketPath: string };

/** What one connection has to say before another may speak; `isOpen`: it waits for answers before its Sync. */
type Unit = { socket: Socket; messages: Buffer[]; isOpen: boolean };

const database = await PGlite.create(dataFolder === undefined ? {} : { dataDir: dataFolder });
const sockets = new Set<Socket>();
const waiting: Unit[] = [];
/** The connection whose transaction is open: only its queries run. */
let owner: Socket | undefined;
let isWorking = false;

const server = createServer((socket) => {
  sockets.add(socket);
  const messages = readMessages();
  let unit: Buffer[] = [];
  socket.on('data', (bytes) => {
    for (const { type, message } of messages(bytes)) {
      // No encryption inside this machine, and nothing to cancel: one query runs at a time.
      if (type === 'encryption') socket.write('N');
      else if (type === 'cancel' || type === 'X') socket.end();
      else {
        unit.push(message);
        if (type !== 'startup' && type !== 'Q' && type !== 'S' && type !== 'H') continue;
        waiting.push({ socket, messages: unit, isOpen: type === 'H' });
        unit = [];
      }
    }
    void work();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    sockets.delete(socket);
    void work();
  });
});

async function work(): Promise<void> {
  if (isWorking) return;
  isWorking = true;
  for (;;) {
    if (owner && !sockets.has(owner)) {
      await database.exec('ROLLBACK').catch(() => undefined);
      owner = undefined;
    }
    const index = waiting.findIndex(({ socket }) => owner === undefined || socket === owner);
    const unit = index < 0 ? undefined : waiting.splice(index, 1)[0];
    if (unit === undefined) break;
    if (sockets.has(unit.socket)) await run(unit);
  }
  isWorking = false;
}

async function run({ socket, messages, isOpen }: Unit): Promise<void> {
  let pending: Buffer = Buffer.alloc(0);
  const onRawData = (bytes: Uint8Array) => {
    pending = answer(socket, Buffer.concat([pending, bytes]));
  };
  try {
    for (const message of messages) await database.execProtocolRawStream(message, { onRawData });
    owner = isOpen || database.isInTransaction() ? socket : undefined;
  } catch {
    socket.destroy();
  }
}

/**
 * Passes whole messages on and returns the rest. A notification (`A`) goes to every connection: which of them listens is
 * known to their one session only.
 */
function answer(socket: Socket, bytes: Buffer): Buffer {
  let rest = bytes;
  while (rest.length >= 5) {
    const length = 1 + rest.readInt32BE(1);
    if (rest.length < length) break;
    const message = rest.subarray(0, length);
    rest = rest.subarray(length);
    for (const to of message[0] === 0x41 ? sockets : [socket]) if (to.writable) to.write(message);
  }
  return rest;
}

await new Promise<void>((done) => server.listen(socketPath, done));
parentPort!.postMessage('ready');

parentPort!.once('message', async () => {
  server.close();
  for (const socket of sockets) socket.destroy();
  await database.close();
  parentPort!.close();
});
