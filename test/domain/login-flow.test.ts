import fc from 'fast-check';
import type { Account } from '../../src/domain/account.ts';
import { type LoginProgress, type LoginRequest, nextLoginStep } from '../../src/domain/login-flow.ts';

const now = new Date('2026-11-24T10:00:00Z');
const setAt = new Date('2026-11-01T10:00:00Z');
const account = (changes: Partial<Account> = {}) =>
  ({ id: 'a', passwordChangedAt: setAt, ...changes }) as Account;
const progress = (changes: Partial<LoginProgress> = {}): LoginProgress => ({
  accountId: 'a',
  method: 'password',
  acr: 'eidas1',
  amr: ['pwd'],
  provedAt: now.getTime() / 1000 - 10,
  passwordSetAt: setAt.getTime(),
  sharedComputer: false,
  ...changes,
});
const request = (changes: Partial<LoginRequest> = {}): LoginRequest => ({
  prompt: 'login',
  acr: {},
  reachable: ['eidas1'],
  ...changes,
});
const inOneHour = new Date(now.getTime() + 3_600_000);

it('asks who it is when nothing was proved', () => {
  expect(nextLoginStep(request(), undefined, undefined, now)).toEqual({ step: 'authenticate' });
});

it('finishes when the password was proved', () => {
  expect(nextLoginStep(request(), progress(), account(), now)).toEqual({ step: 'finish' });
});

it('leads a provisional password to its change', () => {
  expect(nextLoginStep(request(), progress(), account({ provisionalExpiresAt: inOneHour }), now)).toEqual({
    step: 'first-change',
  });
});

it.each([
  ['the account is locked', progress(), account({ lockedAt: now })],
  ['the account is gone', progress(), undefined],
  ['the password was changed since', progress({ passwordSetAt: 1 }), account()],
  ['the proof is too old', progress({ provedAt: now.getTime() / 1000 - 1000 }), account()],
  ['the provisional password has expired', progress(), account({ provisionalExpiresAt: now })],
])('asks again when %s', (_name, proved, of) => {
  expect(nextLoginStep(request(), proved, of, now)).toEqual({ step: 'authenticate' });
});

it('refuses a level that no enabled method reaches, instead of asking for ever', () => {
  expect(nextLoginStep(request({ acr: { oneOf: ['eidas3'] } }), progress(), account(), now)).toEqual({
    step: 'refuse',
    error: 'unmet_authentication_requirements',
  });
});

it('never finishes for an account that must change its password, is locked, or was not proved', () => {
  const times = fc.option(fc.constantFrom(setAt, now, inOneHour), { nil: undefined });
  fc.assert(
    fc.property(
      fc.option(
        fc.record({
          provedAt: fc.integer({ min: -2000, max: 0 }),
          passwordSetAt: fc.constantFrom(setAt.getTime(), 5),
        }),
        { nil: undefined },
      ),
      fc.option(fc.record({ lockedAt: times, provisionalExpiresAt: times }), { nil: undefined }),
      fc.constantFrom('login' as const, 'consent' as const),
      (proof, state, prompt) => {
        const proved = proof && progress({ ...proof, provedAt: now.getTime() / 1000 + proof.provedAt });
        const { step } = nextLoginStep(request({ prompt }), proved, state && account(state), now);
        if (step === 'finish') {
          expect(state).toEqual({ lockedAt: undefined, provisionalExpiresAt: undefined });
          expect(proof?.passwordSetAt).toBe(setAt.getTime());
        }
      },
    ),
    { numRuns: 5000 },
  );
});
