import fc from 'fast-check';
import type { Account } from '../../src/domain/account.ts';
import { type LoginProgress, type LoginRequest, nextLoginStep } from '../../src/domain/login-flow.ts';

const now = new Date('2026-11-24T10:00:00Z');
const setAt = new Date('2026-11-01T10:00:00Z');
const account = (changes: Partial<Account> = {}) =>
  ({ id: 'a', roles: [], passwordChangedAt: setAt, ...changes }) as Account & { roles: string[] };
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
  strongRoles: [],
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

const STRONG = { acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'], method: 'strong' as const };

it.each([
  ['a minimum', { minimum: 'eidas2' }],
  ['an essential level', { oneOf: ['eidas2', 'eidas3'] }],
])('asks for a code where %s is above the password', (_, acr) => {
  const reachable = ['eidas1', 'eidas2'];
  const demand = request({ acr, reachable });
  expect(nextLoginStep(demand, progress(), account(), now)).toEqual({ step: 'strengthen' });
  expect(nextLoginStep(demand, progress(STRONG), account(), now)).toEqual({ step: 'finish' });
});

it('refuses what no method reaches', () => {
  const demand = request({ acr: { minimum: 'eidas3' }, reachable: ['eidas1', 'eidas2'] });
  expect(nextLoginStep(demand, progress(), account(), now)).toEqual({
    step: 'refuse',
    error: 'unmet_authentication_requirements',
  });
});

it.each<[string, Partial<Account>, string[]]>([
  ['its own', { minimumAcr: 'eidas2' }, []],
  ["its profession's", { roles: ['10^x'] }, ['10^x']],
])(
  'asks for a code where the account has a minimum, %s, but in a browser that is trusted',
  (_, changes, strongRoles) => {
    const rules = request({ reachable: ['eidas1', 'eidas2'], strongRoles });
    const whose = account(changes);
    expect(nextLoginStep(rules, progress(), whose, now)).toEqual({ step: 'strengthen' });
    const trusted = progress({ trustedBrowser: true });
    expect(nextLoginStep(rules, trusted, whose, now)).toEqual({ step: 'finish' });
    const demand = { ...rules, acr: { minimum: 'eidas2' } };
    expect(nextLoginStep(demand, trusted, whose, now)).toEqual({ step: 'strengthen' });
  },
);

it('changes a provisional password before it asks for a code', () => {
  const demand = request({ acr: { minimum: 'eidas2' }, reachable: ['eidas1', 'eidas2'] });
  expect(nextLoginStep(demand, progress(), account({ provisionalExpiresAt: inOneHour }), now)).toEqual({
    step: 'first-change',
  });
});

it('never finishes below a level that a code reaches, in any order of states', () => {
  const levels = fc.subarray(['eidas1', 'eidas2', 'eidas3'], { minLength: 1 });
  fc.assert(
    fc.property(
      fc.oneof(
        levels.map((oneOf) => ({ oneOf })),
        fc.constantFrom(
          { minimum: 'eidas1' },
          { minimum: 'eidas2' },
          { minimum: 'eidas3' },
          { minimum: undefined },
        ),
      ),
      fc.boolean(),
      fc.boolean(),
      (acr, isStrong, hasStrong) => {
        const reachable = hasStrong ? ['eidas1', 'eidas2'] : ['eidas1'];
        const proved = progress(isStrong ? STRONG : {});
        const { step } = nextLoginStep(request({ acr, reachable }), proved, account(), now);
        const wants = (level: string) =>
          'oneOf' in acr ? acr.oneOf.includes(level) : (acr.minimum ?? 'eidas1') <= level;
        if (step === 'finish' && hasStrong && wants('eidas2')) expect(wants(proved.acr)).toBe(true);
      },
    ),
    { numRuns: 5000 },
  );
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
