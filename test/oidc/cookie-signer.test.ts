import { CookieSigner } from '../../src/oidc/cookie-signer.ts';

const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

it('takes what it signed, unchanged, and nothing else', () => {
  const signer = new CookieSigner([first]);
  const signature = signer.sign('session=abc');
  expect(signer.verify('session=abc', signature)).toBe(true);
  for (const [data, given] of [
    ['session=abd', signature],
    ['session=abc', signature.slice(0, -2)],
    ['session=abc', ''],
    ['session=abc', `${signature}AAAA`],
    ['session=abc', new CookieSigner([second]).sign('session=abc')],
  ] as const) {
    expect(signer.verify(data, given)).toBe(false);
  }
});

it('signs with the first key and takes every key of the list', () => {
  const old = new CookieSigner([first]).sign('a=b');
  const rotated = new CookieSigner([second, first]);
  expect(rotated.index('a=b', old)).toBe(1);
  expect(rotated.index('a=b', rotated.sign('a=b'))).toBe(0);
});
