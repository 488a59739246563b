// Signs in by a passkey: what one has, and shows to its device who one is. No identifier is typed: the key names its account. Called by
// the login step passkey.
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { findPasskey, type StoredPasskey, usePasskey } from '../db/passkey.ts';
import { type Account, hasExpiredProvisionalPassword } from '../domain/account.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RelyingParty } from '../domain/passkey.ts';
import { readAssertion, readCredentialId } from './passkey-signature.ts';
import type { Throttle } from './throttled.ts';

export type VerifyPasskeyDeps = {
  database: Database;
  throttle: Throttle;
  relyingParty: RelyingParty;
  findAccount: (id: string) => Promise<Account | undefined>;
};

export type PasskeyAttempt = {
  /** What the browser's `navigator.credentials.get` answered, as JSON (WebAuthn §5.1). */
  assertion: string;
  challenge: string;
  /** Where the login is somebody's already: no other account's key is taken. */
  accountId: string | undefined;
  address: string;
  login: string;
  clientId: string;
};

/** Failure codes: `passkey.refused`; `login.ended`, `throttled` with `waitSeconds`; `login.provisionalExpired`. */
export async function verifyPasskey(
  deps: VerifyPasskeyDeps,
  attempt: PasskeyAttempt,
): Promise<Outcome<{ account: Account; passkey: StoredPasskey }>> {
  const credentialId = readCredentialId(attempt.assertion);
  const identifier = `passkey:${credentialId?.toString('base64url') ?? ''}`;
  const { address, login } = attempt;
  const outcome = await deps.throttle.guard({ identifier, address, login }, () =>
    check(deps, credentialId, attempt),
  );
  const hasExpired = outcome.ok && hasExpiredProvisionalPassword(outcome.account, new Date());
  return hasExpired ? { ok: false, code: 'login.provisionalExpired' } : outcome;
}

async function check(
  { database, relyingParty, findAccount }: VerifyPasskeyDeps,
  credentialId: Buffer | undefined,
  { assertion, challenge, accountId, address, clientId }: PasskeyAttempt,
): Promise<Outcome<{ account: Account; passkey: StoredPasskey }>> {
  const passkey = credentialId && (await findPasskey(database, credentialId));
  const account = passkey && (await findAccount(passkey.accountId));
  const refuse = async (reason: string): Promise<Outcome<never>> => {
    const detail = { method: 'passkey', reason };
    await recordAudit(database, { event: 'login.failed', accountId: account?.id, clientId, address, detail });
    return { ok: false, code: 'passkey.refused' };
  };
  if (!credentialId || !passkey || !account) return refuse('unknown');
  const counter = await readAssertion(relyingParty, challenge, { ...passkey, credentialId }, assertion);
  if (counter === undefined) return refuse('signature');
  if (account.lockedAt !== undefined) return refuse('locked');
  if (accountId !== undefined && accountId !== account.id) return refuse('somebody else');
  // A smaller count than before: the key was copied, and one of the two is not the owner's.
  if (!(await usePasskey(database, passkey.id, counter))) return refuse('copy');
  return { ok: true, account, passkey };
}
