import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import {
  findPasswordFaults,
  PASSWORD_MAX_LENGTH,
  type PasswordPolicy,
} from '../../src/domain/password-policy.ts';
import { makeProvisionalPassword } from '../../src/domain/provisional-password.ts';

const policy: PasswordPolicy = { minLength: 8, minLetters: 1, minDigits: 1, minMeta: 1 };
const context = {
  personalWords: ['jeanne.martin', 'Jeanne', 'Martin', 'E-SANTE'],
  formerPasswords: ['Ancien-2024!'],
};
const faultsOf = (password: string, with_: Partial<PasswordPolicy> = {}) =>
  findPasswordFaults(password, { ...policy, ...with_ }, context);

it.each([
  'Tournesol-42!',
  'été à 7h!',
  'aaaaaa1 ',
  '密码密码密码1!',
  'a1!a1!a1',
  `a1!${'x'.repeat(125)}`,
  '🙂🙂🙂🙂🙂🙂a1',
])('takes %j', (password) => expect(faultsOf(password)).toEqual([]));

it.each([
  ['', ['tooShort', 'letters', 'digits', 'meta']],
  ['abcdefgh', ['digits', 'meta']],
  ['12345678', ['letters', 'meta']],
  ['!!!!!!!!', ['letters', 'digits']],
  ['abc1!', ['tooShort']],
  ['abcd 12\u0007efgh', ['control']],
  ['Ancien-2024!', ['same']],
  ['P@ssw0rd', ['common']],
  ['AZERTY123!', ['common']],
  ['Jeanne-2024!', ['personal']],
  ['!1martin12', ['personal']],
])('tells all that is wrong with %j', (password, faults) => {
  expect(faultsOf(password as string)).toEqual(faults);
});

it('refuses more than 128 characters instead of cutting them', () => {
  expect(faultsOf(`a1!${'x'.repeat(PASSWORD_MAX_LENGTH - 2)}`)).toEqual(['tooLong']);
});

it('counts characters, not bytes or UTF-16 units', () => {
  expect(faultsOf('🙂🙂🙂🙂🙂a1')).toEqual(['tooShort']);
});

it('takes the same password whether its accents are composed or not', () => {
  const former = { ...context, formerPasswords: ['e\u0301te\u0301-2024!'] };
  expect(findPasswordFaults('\u00e9t\u00e9-2024!', policy, former)).toEqual(['same']);
});

it('obeys the configured numbers', () => {
  expect(faultsOf('Tournesol-42!', { minLength: 20, minDigits: 3, minMeta: 3 })).toEqual([
    'tooShort',
    'digits',
    'meta',
  ]);
  expect(faultsOf('abcdefgh', { minDigits: 0, minMeta: 0 })).toEqual([]);
});

it('makes provisional passwords that fit the policy, without look-alikes, never twice', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.record({
        minLength: fc.integer({ min: 8, max: 40 }),
        minLetters: fc.integer({ min: 0, max: 10 }),
        minDigits: fc.integer({ min: 0, max: 10 }),
        minMeta: fc.integer({ min: 0, max: 10 }),
      }),
      (asked) => {
        const password = makeProvisionalPassword(asked, randomInt);
        expect(findPasswordFaults(password, asked, { personalWords: [], formerPasswords: [] })).toEqual([]);
        expect(password.length).toBeGreaterThanOrEqual(16);
        expect(password).not.toMatch(/[0Oo1lIi5S2Z8B]/);
        expect(seen.has(password)).toBe(false);
        seen.add(password);
      },
    ),
  );
});
