// A real time server on loopback, whose clock is wrong on purpose.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { askTimeServer } from '../../src/clock/sntp.ts';

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** @param aheadMs of this machine; `change` spoils the answer */
async function startTimeServer(
  aheadMs: number,
  change: (answer: Buffer) => void = () => undefined,
): Promise<string> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (request, { port, address }) => {
    const answer = Buffer.alloc(48);
    answer[0] = 0x24;
    answer[1] = 2;
    request.copy(answer, 24, 40, 48);
    for (const at of [32, 40]) {
      const now = Date.now() + aheadMs + 2_208_988_800_000;
      answer.writeUInt32BE(Math.floor(now / 1000), at);
      answer.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), at + 4);
    }
    change(answer);
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return `127.0.0.1:${socket.address().port}`;
}

it.each([0, 90_000, -3_600_000])('tells how far this clock is behind: %i ms', async (ahead) => {
  const seen = await askTimeServer(await startTimeServer(ahead));
  expect(Math.abs(seen - ahead)).toBeLessThan(1_000);
});

it.each<[string, (answer: Buffer) => void]>([
  ['to another question', (answer) => answer.fill(7, 24, 32)],
  ['of a client', (answer) => answer.writeUInt8(0x23, 0)],
  ['that refuses (stratum 0)', (answer) => answer.writeUInt8(0, 1)],
])('believes no answer %s', async (_, change) => {
  await expect(askTimeServer(await startTimeServer(0, change))).rejects.toThrow('not one of a time server');
});

it('does not wait for one that is silent', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  open.push(socket);
  await once(socket, 'listening');
  await expect(askTimeServer(`127.0.0.1:${socket.address().port}`)).rejects.toThrow();
});
