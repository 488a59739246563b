// The sessions of one account, for « Mes connexions ». They are artefacts like all that the provider library stores
// (db/artefact.ts).
import type { Account, Owner } from '../domain/account.ts';
import type { BrowserName } from '../domain/browser-name.ts';
import { holdAccount } from './account.ts';
import { rowId } from './artefact-row.ts';
import type { Queryable } from './database.ts';
import { enqueueLogouts, listDueNotices } from './logout-notice.ts';

export type OpenSession = {
  uid: string;
  signedInAt: Date;
  /** RFC 8176. */
  amr: string[];
  browser: BrowserName;
  /** Names of the applications that were opened in it. */
  services: string[];
};

type Row = {
  uid: string;
  signed_in_at: Date;
  amr: string[] | null;
  browser: BrowserName | null;
  services: string[];
};

/** The own one, then the newest first. */
export async function listSessions(
  on: Queryable,
  accountId: string,
  { ownUid, most }: { ownUid: string; most: number },
): Promise<OpenSession[]> {
  const rows = await on.query<Row>('session/list', [accountId, ownUid, most]);
  return rows.map(({ uid, signed_in_at: signedInAt, amr, browser, services }) => ({
    uid,
    signedInAt,
    amr: amr ?? [],
    browser: browser ?? {},
    services,
  }));
}

/**
 * Ends one session of an account, with what was issued under it but for what an application may use while the person is away.
 * Applications that want to hear of it are told. False when there is none of this uid.
 */
export async function endSessionOf(on: Queryable, accountId: string, uid: string): Promise<boolean> {
  await on.query('session/hold', [accountId, uid]);
  await enqueueLogouts(on, await listDueNotices(on, accountId, { onlyUid: uid }));
  return (await on.query('session/end', [accountId, uid])).length === 1;
}

/**
 * The account, held until the end of the transaction; undefined when its session was closed meanwhile: what a person does in one must
 * not be done after the other has closed it.
 */
export async function holdSignedIn(
  transaction: Queryable,
  { accountId, sessionUid }: Owner,
): Promise<Account | undefined> {
  const account = await holdAccount(transaction, accountId);
  const open = await transaction.query('session/is-open', [accountId, sessionUid]);
  return open.length === 1 ? account : undefined;
}

/** The session that has, or had a moment ago, this id; undefined where it is nobody's. */
export async function findNamedSession(
  on: Queryable,
  id: string,
): Promise<{ accountId: string; uid: string } | undefined> {
  const rows = await on.query<{ account_id: string; uid: string | null }>('session/find-named', [
    rowId('Session', id),
  ]);
  const [row] = rows;
  return row?.uid ? { accountId: row.account_id, uid: row.uid } : undefined;
}

/** The session of this id goes on for so many seconds from now. False when it has another id by now, or was ended. */
export async function prolongSession(on: Queryable, id: string, ttlSeconds: number): Promise<boolean> {
  return (await on.query('session/prolong', [rowId('Session', id), ttlSeconds])).length === 1;
}
