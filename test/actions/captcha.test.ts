import { randomBytes } from 'node:crypto';
import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { issueCaptcha } from '../../src/actions/issue-captcha.ts';
import { issueProofOfWork } from '../../src/actions/issue-proof-of-work.ts';
import { type CaptchaAnswer, verifyCaptcha } from '../../src/actions/verify-captcha.ts';
import { purgeCaptchas } from '../../src/db/captcha.ts';
import { openPglite, type PgliteQueryable } from '../support/pglite-queryable.ts';

const form = 'forgot';
const binding = 'cookie-of-this-browser';
const proofKeys = [randomBytes(32)];

let database: PgliteQueryable;
let deps: { database: PgliteQueryable; proofKeys: Buffer[] };

beforeAll(async () => {
  database = await openPglite('0002_captcha');
  deps = { database, proofKeys };
});
afterAll(() => database.close());

const ok = { ok: true };
const wrong = { ok: false, code: 'captcha.wrong' };
const missing = { ok: false, code: 'captcha.missing' };
const refused = { ok: false, code: 'captcha.proofRefused' };

async function issue() {
  const { captchaId, images } = await issueCaptcha(deps, { form, binding });
  const { rows } = await database.pglite.query<{ answer: number }>(
    'SELECT answer FROM captcha WHERE id = $1',
    [captchaId],
  );
  const answer = rows[0]!.answer;
  return { captchaId, images, right: String(answer), notRight: String((answer + 1) % 5) };
}

const verify = (answer: Partial<CaptchaAnswer>) => verifyCaptcha(deps, { form, binding, ...answer });

const HOSTILE: [string, unknown][] = [
  ['an array', ['1']],
  ['an object', { $gt: '' }],
  ['a number', 1],
  ['null', null],
  ['NUL', 'A\u0000B'],
  ['half a surrogate pair', '\ud800'],
  ['a broken encoding', '%ff%fe\ufffd'],
  ['a million characters', 'A'.repeat(1_000_000)],
  ['SQL', "' OR 1=1 --"],
];

describe('captcha with pictures', () => {
  it('gives five pictures as data addresses and an id of 128 bits', async () => {
    const { captchaId, images } = await issue();
    expect(images).toHaveLength(5);
    expect(images.every((image) => image.startsWith('data:image/png;base64,iVBORw0KGgo'))).toBe(true);
    expect(Buffer.from(captchaId, 'base64url')).toHaveLength(16);
  });

  it('stores neither the cookie nor more than ten minutes of life', async () => {
    const { captchaId } = await issue();
    const { rows } = await database.pglite.query<{ text: string; ttl: number }>(
      'SELECT captcha::text AS text, extract(epoch FROM expires_at - now())::int AS ttl FROM captcha WHERE id = $1',
      [captchaId],
    );
    expect(rows[0]!.text).not.toContain(Buffer.from(binding).toString('hex'));
    expect(rows[0]!.ttl).toBeGreaterThan(590);
    expect(rows[0]!.ttl).toBeLessThanOrEqual(600);
  });

  it('accepts the odd picture', async () => {
    const { captchaId, right } = await issue();
    expect(await verify({ captchaId, captchaChoice: right })).toEqual(ok);
  });

  it('refuses a replay of the right answer', async () => {
    const { captchaId, right } = await issue();
    await verify({ captchaId, captchaChoice: right });
    expect(await verify({ captchaId, captchaChoice: right })).toEqual(wrong);
  });

  it('lets a challenge die with a wrong answer', async () => {
    const { captchaId, right, notRight } = await issue();
    expect(await verify({ captchaId, captchaChoice: notRight })).toEqual(wrong);
    expect(await verify({ captchaId, captchaChoice: right })).toEqual(wrong);
  });

  it('counts one right answer once under 50 parallel posts', async () => {
    const { captchaId, right } = await issue();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => verify({ captchaId, captchaChoice: right })),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  });

  it('refuses an expired challenge', async () => {
    const { captchaId, right } = await issue();
    await database.pglite.query('UPDATE captcha SET expires_at = now() WHERE id = $1', [captchaId]);
    expect(await verify({ captchaId, captchaChoice: right })).toEqual(wrong);
  });

  it('refuses the challenge of another form, and leaves it to its own', async () => {
    const { captchaId, right } = await issue();
    expect(await verify({ form: 'first-change', captchaId, captchaChoice: right })).toEqual(wrong);
    expect(await verify({ captchaId, captchaChoice: right })).toEqual(ok);
  });

  it.each(['cookie-of-another-browser', '', undefined])(
    'refuses the challenge under the cookie %p',
    async (other) => {
      const { captchaId, right } = await issue();
      expect(await verify({ binding: other, captchaId, captchaChoice: right })).toEqual(wrong);
    },
  );

  it('refuses a challenge that was never issued', async () => {
    const captchaId = randomBytes(16).toString('base64url');
    const outcomes = await Promise.all(
      ['0', '1', '2', '3', '4'].map((captchaChoice) => verify({ captchaId, captchaChoice })),
    );
    expect(outcomes).toEqual([wrong, wrong, wrong, wrong, wrong]);
  });

  it.each([undefined, ''])(
    'says that nothing was chosen when the choice is %p, and the challenge lives on',
    async (choice) => {
      const { captchaId, right } = await issue();
      expect(await verify({ captchaId, captchaChoice: choice })).toEqual(missing);
      expect(await verify({ captchaId, captchaChoice: right })).toEqual(ok);
    },
  );

  it.each([undefined, ''])('refuses a choice whose challenge is %p', async (captchaId) => {
    expect(await verify({ captchaId, captchaChoice: '0' })).toEqual(wrong);
  });

  it.each([
    (right: string) => [right],
    (right: string) => ({ 0: right }),
    (right: string) => Number(right),
    (right: string) => `${right} `,
    (right: string) => `0${right}`,
    (right: string) => `${right}.0`,
    () => '5',
    () => '-1',
  ])('refuses a choice that is not one of the five values as text (case %#)', async (spell) => {
    const { captchaId, right } = await issue();
    expect((await verify({ captchaId, captchaChoice: spell(right) })).ok).toBe(false);
  });

  it.each(HOSTILE)('refuses %s in any field without an error', async (_, value) => {
    const { captchaId } = await issue();
    expect((await verify({ captchaId: value, captchaChoice: '0' })).ok).toBe(false);
    expect((await verify({ captchaId, captchaChoice: value })).ok).toBe(false);
    expect((await verify({ captchaId, altcha: value })).ok).toBe(false);
  });
});

describe('captcha by proof of work', () => {
  const encode = (payload: unknown) => Buffer.from(JSON.stringify(payload)).toString('base64');

  async function solve(challenge: Challenge) {
    const solution = await solveChallenge({ challenge, deriveKey });
    return { challenge, solution: solution! };
  }
  const issueProof = async (now?: number) => solve(await issueProofOfWork(deps, { binding, now }));

  it('accepts a solved challenge in place of the pictures', async () => {
    expect(await verify({ altcha: encode(await issueProof()) })).toEqual(ok);
  });

  it('refuses a replay, also in another spelling', async () => {
    const proof = await issueProof();
    expect(await verify({ altcha: encode(proof) })).toEqual(ok);
    expect(await verify({ altcha: encode(proof) })).toEqual(refused);
    const respelt = { solution: { ...proof.solution, time: 1 }, challenge: proof.challenge, more: true };
    expect(await verify({ altcha: ` ${encode(respelt)}\n` })).toEqual(refused);
  });

  it('counts one proof once under 50 parallel posts', async () => {
    const altcha = encode(await issueProof());
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => verify({ altcha })));
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  });

  it('refuses the proof of another browser, and leaves it to its own', async () => {
    const altcha = encode(await issueProof());
    expect(await verify({ binding: 'cookie-of-another-browser', altcha })).toEqual(refused);
    expect(await verify({ binding: undefined, altcha })).toEqual(refused);
    expect(await verify({ altcha })).toEqual(ok);
  });

  it('refuses an expired proof', async () => {
    const elevenMinutesAgo = Date.now() - 11 * 60_000;
    expect(await verify({ altcha: encode(await issueProof(elevenMinutesAgo)) })).toEqual(refused);
  });

  it('refuses a challenge made with another key, and takes one of a key being retired', async () => {
    const altcha = encode(await issueProof());
    const newKey = randomBytes(32);
    expect(await verifyCaptcha({ database, proofKeys: [newKey] }, { form, binding, altcha })).toEqual(
      refused,
    );
    expect(
      await verifyCaptcha({ database, proofKeys: [newKey, ...proofKeys] }, { form, binding, altcha }),
    ).toEqual(ok);
  });

  it('refuses a proof with anything changed, and the unchanged one still counts', async () => {
    const proof = await issueProof();
    const { challenge, solution } = proof;
    const withParameters = (changes: object) => ({
      challenge: { ...challenge, parameters: { ...challenge.parameters, ...changes } },
      solution,
    });
    const tampered = [
      withParameters({ expiresAt: challenge.parameters.expiresAt! + 3_600 }),
      withParameters({ cost: 1 }),
      withParameters({ keyPrefix: '0' }),
      withParameters({ keySignature: undefined }),
      withParameters({ nonce: challenge.parameters.nonce.toUpperCase().padEnd(34, '0') }),
      withParameters({ data: { ...challenge.parameters.data, binding: '' } }),
      { challenge: { ...challenge, signature: '' }, solution },
      { challenge: { parameters: challenge.parameters }, solution },
      { challenge, solution: { ...solution, derivedKey: challenge.parameters.keyPrefix.padEnd(64, '0') } },
      { challenge, solution: { ...solution, counter: -1 } },
      { challenge, solution: null },
      { challenge },
      [],
      null,
    ];
    for (const payload of tampered) expect(await verify({ altcha: encode(payload) })).toEqual(refused);
    expect(await verify({ altcha: encode(proof) })).toEqual(ok);
  });

  it('does not fall back on the pictures when a proof was sent and is bad', async () => {
    const { captchaId, right } = await issue();
    expect(await verify({ captchaId, captchaChoice: right, altcha: 'bm90IGEgcHJvb2Y=' })).toEqual(refused);
  });

  it('is work: an unsolved challenge is refused', async () => {
    const challenge = await issueProofOfWork(deps, { binding });
    const solution = { counter: 0, derivedKey: '00'.repeat(32) };
    expect(await verify({ altcha: encode({ challenge, solution }) })).toEqual(refused);
  });
});

describe('captcha purge', () => {
  it('deletes expired rows a thousand at a time and keeps the living', async () => {
    await database.pglite.exec(`
      DELETE FROM captcha;
      DELETE FROM captcha_proof;
      INSERT INTO captcha SELECT 'old' || n, 0, 'forgot', '', now() - interval '1 second' FROM generate_series(1, 1500) n;
      INSERT INTO captcha_proof SELECT sha256(n::text::bytea), now() - interval '1 second' FROM generate_series(1, 700) n;
    `);
    const { captchaId, right } = await issue();
    expect(await purgeCaptchas(database)).toBe(1_700);
    expect(await purgeCaptchas(database)).toBe(500);
    expect(await purgeCaptchas(database)).toBe(0);
    expect(await verify({ captchaId, captchaChoice: right })).toEqual(ok);
  });
});
