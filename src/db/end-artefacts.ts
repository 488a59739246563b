// Ends what an account, or an application, has under way. Called by the actions that change how an account is signed in to.
import { rowId } from './artefact-row.ts';
import type { Queryable } from './database.ts';
import { enqueueLogouts, listDueNotices } from './logout-notice.ts';

/** What goes on when the rest of an account's is ended. */
export type Kept = { sessionUid?: string | undefined; interactionUid?: string | undefined };

/**
 * Ends every session, grant, token and waiting interaction of an account, but for those in `kept`; applications that want to
 * hear of it are told. Called in a transaction that holds the account: what a login writes in between is seen.
 */
export async function endArtefactsOf(on: Queryable, accountId: string, kept: Kept = {}): Promise<void> {
  const interaction = kept.interactionUid === undefined ? null : rowId('Interaction', kept.interactionUid);
  const end = async () => {
    await on.query('session/hold-all', [accountId]);
    await enqueueLogouts(on, await listDueNotices(on, accountId, { keptUid: kept.sessionUid }));
    await on.query('artefact/end-for-account', [accountId, kept.sessionUid ?? null, interaction]);
  };
  await end();
  // A login that was just becoming a session: the first statement waited for it, the second sees what it made.
  await end();
}

/** What was proved in logins that wait for more is worth nothing; sessions go on. */
export async function endInteractionsOf(on: Queryable, accountId: string): Promise<void> {
  await on.query('artefact/end-interactions', [accountId]);
}

/** Deletes every code, token and grant of an application: one that is given the same name later inherits nothing. */
export async function endArtefactsOfClient(on: Queryable, clientId: string): Promise<void> {
  await on.query('artefact/end-for-client', [clientId]);
}

/** Deletes every code, token and grant that an application has of an account. False when it had none. */
export async function endArtefactsOfAccountAtClient(
  on: Queryable,
  accountId: string,
  clientId: string,
): Promise<boolean> {
  return (await on.query('artefact/end-for-account-and-client', [accountId, clientId])).length > 0;
}
