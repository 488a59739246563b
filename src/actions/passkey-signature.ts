// Reads what a browser answers for a passkey, and checks it. The library is loaded with the first one: most processes never need it.
import type { Passkey, StoredPasskey } from '../db/passkey.ts';
import { ALGORITHMS, type RelyingParty } from '../domain/passkey.ts';

const LONGEST_ANSWER = 16 * 1024;

export type Attested = Pick<StoredPasskey, 'publicKey' | 'isSynced'> &
  Pick<Passkey, 'credentialId'> & { counter: number };

/** Undefined for whatever is no new passkey of ours, made for this challenge, whose owner was verified. */
export async function readAttestation(
  { id, origin }: RelyingParty,
  challenge: string,
  json: string,
): Promise<Attested | undefined> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  return orNothing(async () => {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: parse(json),
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return undefined;
    const { credential, credentialDeviceType } = registrationInfo;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      isSynced: credentialDeviceType === 'multiDevice',
    };
  });
}

/** The credential that an answer names. */
export function readCredentialId(json: string): Buffer | undefined {
  try {
    const { id } = parse<{ id?: unknown }>(json);
    const credentialId = typeof id === 'string' ? Buffer.from(id, 'base64url') : undefined;
    return credentialId && credentialId.length > 0 && credentialId.length <= 1023 ? credentialId : undefined;
  } catch {
    return undefined;
  }
}

/** How many signatures the passkey has made; undefined when this is none of it, for this challenge, by its verified owner. */
export async function readAssertion(
  { id, origin }: RelyingParty,
  challenge: string,
  { credentialId, publicKey }: { credentialId: Buffer; publicKey: Buffer },
  json: string,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  return orNothing(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: parse(json),
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      // The count is compared by the statement that stores it (sql/queries/passkey/use.sql).
      credential: {
        id: credentialId.toString('base64url'),
        publicKey: new Uint8Array(publicKey),
        counter: 0,
      },
    });
    return verified ? authenticationInfo.newCounter : undefined;
  });
}

function parse<T>(json: string): T {
  if (json.length > LONGEST_ANSWER) throw new Error('too long for an answer');
  return JSON.parse(json) as T;
}

/** The library throws for whatever is wrong. */
async function orNothing<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
