// Makes the challenge behind « Je ne peux pas utiliser les images »: the browser computes for a second or two instead.
// Nothing is stored: the challenge carries our signature. Served by interactions/captcha at /captcha/altcha.
import { randomInt } from 'node:crypto';
import { type Challenge, createChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import {
  ALGORITHM,
  COUNTER_MAX,
  hashBinding,
  KEY_ROUNDS,
  PROOF_TTL_SECONDS,
  toProofSecrets,
} from '../domain/captcha/proof-of-work.ts';

/** Keys derived for this purpose alone; the first signs, all verify. */
export type ProofOfWorkDeps = { proofKeys: Buffer[] };

/** The challenge counts only for the browser that sends `binding` back. `now` in milliseconds. */
export function issueProofOfWork(
  { proofKeys }: ProofOfWorkDeps,
  { binding, now = Date.now() }: { binding: string; now?: number },
): Promise<Challenge> {
  return createChallenge({
    algorithm: ALGORITHM,
    cost: KEY_ROUNDS,
    counter: randomInt(COUNTER_MAX + 1),
    deriveKey,
    expiresAt: Math.floor(now / 1_000) + PROOF_TTL_SECONDS,
    // The page shows progress against the highest counter.
    data: { binding: hashBinding(binding).toString('hex'), counterMax: COUNTER_MAX },
    ...toProofSecrets(proofKeys[0]!),
  });
}
