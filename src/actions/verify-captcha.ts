// Judges the captcha of a posted form: the picture chosen, or the proof of work done instead. Either counts once.
// Called by the interactions whose page shows the captcha, before any other work; the fields come raw from the body.
import { consumeCaptcha } from '../db/captcha.ts';
import type { Queryable } from '../db/database.ts';
import { hashBinding } from '../domain/captcha/proof-of-work.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ProofOfWorkDeps } from './issue-proof-of-work.ts';
import { verifyProofOfWork } from './verify-proof-of-work.ts';

export type VerifyCaptchaDeps = ProofOfWorkDeps & { database: Queryable };

export type CaptchaAnswer = {
  form: string;
  /** The browser's cookie value; without one nothing can be right. */
  binding: string | undefined;
  captchaId?: unknown;
  captchaChoice?: unknown;
  altcha?: unknown;
};

const ID = /^[A-Za-z0-9_-]{22}$/;
const CHOICE = /^[0-4]$/;

/** Codes: `captcha.missing`, `captcha.wrong` (pictures), `captcha.proofRefused`. Throws on an outage only. */
export async function verifyCaptcha(deps: VerifyCaptchaDeps, answer: CaptchaAnswer): Promise<Outcome> {
  const { form, binding, captchaId, captchaChoice, altcha } = answer;

  if (isFilled(altcha)) {
    const isGood = binding && (await verifyProofOfWork(deps, { payload: altcha, binding }));
    return isGood ? { ok: true } : { ok: false, code: 'captcha.proofRefused' };
  }

  if (!isFilled(captchaChoice)) return { ok: false, code: 'captcha.missing' };
  if (!binding || !isFilled(captchaId) || !ID.test(captchaId)) return { ok: false, code: 'captcha.wrong' };

  // Spent before it is compared: a wrong answer costs the challenge too.
  const right = await consumeCaptcha(deps.database, {
    id: captchaId,
    form,
    bindingHash: hashBinding(binding),
  });
  const isRight = CHOICE.test(captchaChoice) && Number(captchaChoice) === right;
  return isRight ? { ok: true } : { ok: false, code: 'captcha.wrong' };
}

function isFilled(field: unknown): field is string {
  return typeof field === 'string' && field !== '';
}
