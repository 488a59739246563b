// A change of the mail address that waits for its link: which one it is, and whose. Uses nothing up.
import type { Queryable } from '../db/database.ts';
import { findAwaitedEmail, findEmailChange } from '../db/email-change.ts';
import { hashLinkToken } from '../domain/link-token.ts';

/** Whose link this is, and the new address, while it is good. */
export async function findEmailLink(
  { database }: { database: Queryable },
  token: string,
): Promise<{ accountId: string; email: string } | undefined> {
  const tokenHash = hashLinkToken(token);
  return tokenHash && findEmailChange(database, tokenHash);
}

/** The address that waits for its link to be opened. */
export function awaitedEmail(database: Queryable, accountId: string): Promise<string | undefined> {
  return findAwaitedEmail(database, accountId);
}
