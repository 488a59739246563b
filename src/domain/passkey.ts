// What both sides of a passkey agree on before it signs (WebAuthn Level 3).

/** Who asks for a signature, as browsers know us. */
export type RelyingParty = {
  /** Host name of the issuer: the keys are good there and nowhere else. */
  id: string;
  /** As people read it. */
  name: string;
  /** Of the pages that ask. */
  origin: string;
};

export function toRelyingParty(issuer: string, title: string): RelyingParty {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, name: title, origin };
}

/** RFC 8176: whether the key stays in its device. Its owner was verified by it, so it is two factors. */
export function toAmr({ isSynced }: { isSynced: boolean }): string[] {
  return [isSynced ? 'swk' : 'hwk', 'user', 'mfa'];
}

/** Signatures that are taken: Ed25519, ES256, RS256 (COSE). */
export const ALGORITHMS = [-8, -7, -257];
