import fc from 'fast-check';
import { hashRecoveryCode, makeRecoveryCodes } from '../../src/domain/recovery-code.ts';
import { findStep, inGroups, makeTotpSecret, readCode, toKeyUri } from '../../src/domain/totp.ts';

/** « 12345678901234567890 », RFC 6238 appendix B. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number) => new Date(seconds * 1000);

// The last six of the eight digits of the table for SHA-1.
it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('knows the code of RFC 6238 at %i', (seconds, code) => {
  expect(findStep(RFC_SECRET, code, 0, at(seconds))).toBe(Math.floor(seconds / 30));
});

it('takes the step before and after, and no other', () => {
  const accepted = [-61, -60, -31, -30, -1, 0, 29, 30, 59, 60].filter(
    // Step 37037036 begins at 1111111080.
    (offset) => findStep(RFC_SECRET, '081804', 0, at(1_111_111_080 + offset)) !== undefined,
  );
  expect(accepted).toEqual([-30, -1, 0, 29, 30, 59]);
});

it('takes no step twice, nor one before it', () => {
  expect(findStep(RFC_SECRET, '287082', 1, at(59))).toBeUndefined();
  expect(findStep(RFC_SECRET, '287082', 0, at(59))).toBe(1);
});

it('reads six digits, with spaces, and nothing else', () => {
  expect(readCode(' 123 456 ')).toBe('123456');
  expect(readCode('123\u00a0456')).toBe('123456');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const code = readCode(text);
      expect(code === undefined || /^[0-9]{6}$/.test(code)).toBe(true);
    }),
  );
  for (const text of ['', '12345', '1234567', '١٢٣٤٥٦', '１２３４５６', '12345a', '+12345', '1234.5'])
    expect(readCode(text)).toBeUndefined();
});

it('makes secrets of 160 bits, shown in groups of four', () => {
  const secret = makeTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(makeTotpSecret()).not.toBe(secret);
  expect(inGroups(RFC_SECRET)).toBe('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
});

it('writes an address that authenticator applications read, whatever the names hold', () => {
  const uri = new URL(toKeyUri(RFC_SECRET, 'MES SERVICES: E-SANTE', 'zoé:d@x'));
  expect(uri.protocol).toBe('otpauth:');
  expect(decodeURIComponent(uri.pathname).replace('//totp/', '')).toContain('zoé d@x');
  expect(decodeURIComponent(uri.pathname).match(/:/g)).toHaveLength(1);
  expect(uri.searchParams.get('secret')).toBe(RFC_SECRET);
});

it('knows a recovery code however it is typed, under its own key only', () => {
  const [code] = makeRecoveryCodes();
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const hash = hashRecoveryCode(key, code!)!;
  const typed = code!.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l');
  expect(hashRecoveryCode(key, typed)).toEqual(hash);
  expect(hashRecoveryCode(other, code!)).not.toEqual(hash);
  for (const text of ['', 'x', code!.slice(1), `${code}0`, `${code!.slice(0, -1)}u`])
    expect(hashRecoveryCode(key, text)).toBeUndefined();
});
