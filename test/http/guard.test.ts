// What is refused before anyone looks at what is wanted.
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { addressReader } from '../../src/http/client-address.ts';
import { readForm } from '../../src/http/form-body.ts';
import { ownOrigin } from '../../src/http/guard.ts';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as never;

describe('the address of a client', () => {
  const read = addressReader(['10.0.0.0/8', '2001:db8::1']);
  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['10.1.2.3', '203.0.113.5, 198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['10.1.2.3', 'nonsense', '10.1.2.3'],
    ['10.1.2.3', '198.51.100.7, <script>', '10.1.2.3'],
    ['10.1.2.3', ' '.repeat(100_000), '10.1.2.3'],
    ['::ffff:10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['2001:db8::1', '2001:db8:ffff::7', '2001:db8:ffff::7'],
  ])('of peer %s that forwards %j is %s', (peer, forwarded, address) => {
    expect(read(from(peer, forwarded?.slice(0, 100_000)))).toBe(address);
  });
});

describe('the origin of a form', () => {
  const check = ownOrigin('https://idp.exemple.fr');
  const post = (headers: Record<string, string | undefined>) =>
    check({ get: (name: string) => headers[name] ?? '' } as Context);
  it.each([
    {},
    { Origin: 'https://idp.exemple.fr' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://idp.exemple.fr' },
  ])('is ours with %j', (headers) => expect(() => post(headers)).not.toThrow());
  it.each([
    { Origin: 'https://evil.exemple' },
    { Origin: 'null' },
    { Origin: 'http://idp.exemple.fr' },
    { Origin: 'https://idp.exemple.fr:8443' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://idp.exemple.fr' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none', Origin: 'https://evil.exemple' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.exemple' },
  ])('is not ours with %j', (headers) => expect(() => post(headers)).toThrow('another site'));
});

describe('a posted form', () => {
  const read = (
    body: Buffer | string,
    headers: Record<string, string> = {},
    type: string | false = 'application/x-www-form-urlencoded',
  ) => {
    const req = Object.assign(Readable.from([Buffer.from(body)]), { headers });
    return readForm({ req, is: () => type } as never);
  };
  it('gives the text of each field', async () => {
    const form = await read('identifier=a%2Bb+c&password=%C3%A9%20&empty=');
    expect(form.get('identifier')).toBe('a+b c');
    expect(form.get('password')).toBe('é ');
    expect(form.get('empty')).toBe('');
    expect(form.has('empty')).toBe(true);
    expect(form.get('__proto__')).toBe('');
    expect(form.has('constructor')).toBe(false);
  });
  it('that breaks off because its sender left is their refusal, not our fault', async () => {
    const broken = async function* () {
      yield Buffer.from('identifier=');
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    };
    const req = Object.assign(Readable.from(broken()), { headers: {}, complete: false });
    await expect(
      readForm({ req, is: () => 'application/x-www-form-urlencoded' } as never),
    ).rejects.toMatchObject({ name: 'RequestRefused', status: 400 });
  });
  it.each([
    ['a field twice', 'a=1&a=2', {}],
    ['U+0000', 'a=%00', {}],
    ['broken escapes', 'a=%zz', {}],
    ['broken UTF-8 in escapes', 'a=%ff', {}],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x3d, 0xff]), {}],
    ['compression', 'a=1', { 'content-encoding': 'gzip' }],
    ['too many fields', Array.from({ length: 51 }, (_, n) => `f${n}=1`).join('&'), {}],
  ])('is refused with %s', async (_name, body, headers) => {
    await expect(read(body, headers as Record<string, string>)).rejects.toMatchObject({ status: 400 });
  });
  it('is refused beyond 64 KiB, announced or not', async () => {
    await expect(read(`a=${'x'.repeat(64 * 1024)}`)).rejects.toMatchObject({ status: 413 });
    await expect(read('', { 'content-length': String(64 * 1024 + 1) })).rejects.toMatchObject({
      status: 413,
    });
  });
  it('is refused in any other form', async () => {
    await expect(read('{}', {}, false)).rejects.toMatchObject({ status: 400 });
  });
});
