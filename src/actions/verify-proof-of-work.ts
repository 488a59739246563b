// Checks a solved ALTCHA challenge and counts it once, however often it is posted. Called by verify-captcha.
import { createHash } from 'node:crypto';
import { verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import { insertProof } from '../db/captcha.ts';
import type { Queryable } from '../db/database.ts';
import { hashBinding, toProofSecrets } from '../domain/captcha/proof-of-work.ts';
import type { ProofOfWorkDeps } from './issue-proof-of-work.ts';

const MAX_PAYLOAD = 4_096;
// The library judges expiry by this process's clock, the purge by the database's: keep the mark well past both.
const MARK_MARGIN_MS = 3_600_000;

const payloadShape = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.string(),
      nonce: z.string(),
      salt: z.string(),
      cost: z.number(),
      keyLength: z.number(),
      keyPrefix: z.string(),
      keySignature: z.string(),
      expiresAt: z.number(),
      data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
    signature: z.string(),
  }),
  solution: z.object({ counter: z.number(), derivedKey: z.string() }),
});
type Payload = z.infer<typeof payloadShape>;

/** `payload` is the form's `altcha` field, base64 of JSON, whatever the client made of it. */
export async function verifyProofOfWork(
  { database, proofKeys }: ProofOfWorkDeps & { database: Queryable },
  { payload, binding }: { payload: string; binding: string },
): Promise<boolean> {
  const proof = parsePayload(payload);
  if (!proof || !(await isSolved(proof, proofKeys))) return false;

  const { nonce, data, expiresAt } = proof.challenge.parameters;
  if (data.binding !== hashBinding(binding).toString('hex')) return false;
  // The nonce is ours, random and under the signature: the same proof in another spelling has the same mark.
  const hash = createHash('sha256').update(nonce).digest();
  return insertProof(database, hash, new Date(expiresAt * 1_000 + MARK_MARGIN_MS));
}

function parsePayload(payload: string): Payload | undefined {
  if (payload.length > MAX_PAYLOAD) return undefined;
  try {
    return payloadShape.parse(JSON.parse(Buffer.from(payload, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}

async function isSolved({ challenge, solution }: Payload, keys: Buffer[]): Promise<boolean> {
  for (const key of keys) {
    try {
      const result = await verifySolution({ challenge, solution, deriveKey, ...toProofSecrets(key) });
      if (result.verified) return true;
    } catch {
      // The library throws on some malformed fields: not a proof.
      return false;
    }
  }
  return false;
}
