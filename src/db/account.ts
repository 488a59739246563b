// The table of professionals. Reads by `sub` happen at every step of the protocol and share statements (db/batch.ts).
import type { Account } from '../domain/account.ts';
import type { MailDomain } from '../domain/decoy-address.ts';
import { normaliseIdentifier } from '../domain/identifier.ts';
import { batch } from './batch.ts';
import type { Database, Queryable } from './database.ts';

/** The row as `to_jsonb` and `row_to_json` write it: times are strings. */
export type AccountRow = {
  id: string;
  identifier: string;
  email: string;
  given_name: string;
  family_name: string;
  rpps: string | null;
  roles: string[];
  organization: string | null;
  organization_id: string | null;
  locale: string | null;
  password_hash: string;
  blocked_password_hash: string | null;
  password_changed_at: string;
  provisional_expires_at: string | null;
  minimum_acr: string | null;
  locked_at: string | null;
  locked_reason: string | null;
  last_login_at: string | null;
  previous_login_at: string | null;
  created_at: string;
  updated_at: string;
};

export type NewAccount = Pick<
  Account,
  'identifier' | 'email' | 'givenName' | 'familyName' | 'roles' | 'locale' | 'passwordHash'
> &
  Partial<Pick<Account, 'rpps' | 'organization' | 'organizationId'>> & { provisionalTtlSeconds: number };

type Found = { account: AccountRow };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A reader by `sub`; undefined for what is no account. */
export function accountFinder(database: Database): (id: string) => Promise<Account | undefined> {
  const find = batch<string, Account | undefined>({
    keyOf: (id) => id,
    run: async (ids) => {
      const rows = await database.query<{ n: number; account: AccountRow | null }>('account/find-by-id', [
        ids,
      ]);
      const results: (Account | undefined)[] = new Array(ids.length).fill(undefined);
      for (const { n, account } of rows) results[n - 1] = account === null ? undefined : toAccount(account);
      return results;
    },
  });
  return async (id) => (UUID.test(id) ? find(id) : undefined);
}

export async function findAccountByIdentifier(
  on: Queryable,
  identifier: string,
): Promise<Account | undefined> {
  const normalised = normaliseIdentifier(identifier);
  // No account is named by these, and the database cannot even be asked about U+0000.
  if (normalised === '' || normalised.length > 200 || normalised.includes('\0')) return undefined;
  return first(await on.query<Found>('account/find-by-identifier', [normalised]));
}

export async function findAccountByEmail(on: Queryable, email: string): Promise<Account | undefined> {
  return first(await on.query<Found>('account/find-by-email', [email]));
}

/** The account as it is now, and stays: whatever else changes it waits for the end of this transaction. */
export async function holdAccount(transaction: Queryable, id: string): Promise<Account | undefined> {
  return first(await transaction.query<Found>('account/hold', [id]));
}

/** Throws a unique violation (SQLSTATE 23505) when identifier, e-mail or RPPS number belongs to another account. */
export async function insertAccount(on: Queryable, account: NewAccount): Promise<Account> {
  const rows = await on.query<Found>('account/insert', [
    account.identifier,
    normaliseIdentifier(account.identifier),
    account.email,
    account.givenName,
    account.familyName,
    account.rpps ?? null,
    account.roles,
    account.organization ?? null,
    account.organizationId ?? null,
    account.locale,
    account.passwordHash,
    account.provisionalTtlSeconds,
  ]);
  return toAccount(rows[0]!.account);
}

/** Undefined when the password is no longer the one set at `provenSince`, or the account is locked by now. */
export async function setPassword(
  on: Queryable,
  id: string,
  hash: string,
  provenSince: Date,
): Promise<Account | undefined> {
  return first(await on.query<Found>('account/set-password', [id, hash, provenSince.getTime()]));
}

/** Whatever the password was before. Undefined when the account is locked by now. */
export async function replacePassword(on: Queryable, id: string, hash: string): Promise<Account | undefined> {
  return first(await on.query<Found>('account/replace-password', [id, hash]));
}

/** Likewise, by a hash of nobody's password; the one of before is refused from now on. */
export async function blockPassword(on: Queryable, id: string, hash: string): Promise<Account | undefined> {
  return first(await on.query<Found>('account/block-password', [id, hash]));
}

export async function setProvisionalPassword(
  on: Queryable,
  id: string,
  hash: string,
  ttlSeconds: number,
): Promise<Account | undefined> {
  return first(await on.query<Found>('account/set-provisional-password', [id, hash, ttlSeconds]));
}

/** Same password under today's hash settings; does nothing when it was changed meanwhile. */
export async function rehashPassword(
  on: Queryable,
  id: string,
  hash: string,
  oldHash: string,
): Promise<void> {
  await on.query('account/rehash-password', [id, hash, oldHash]);
}

/** Undefined when the account is locked by now. Throws what `isEmailTaken` knows when another account has the address. */
export async function setEmail(on: Queryable, id: string, email: string): Promise<Account | undefined> {
  return first(await on.query<Found>('account/set-email', [id, email]));
}

export async function setLocale(on: Queryable, id: string, locale: Account['locale']): Promise<void> {
  await on.query('account/set-locale', [id, locale]);
}

/** `undefined`: what the services ask for is enough. */
export async function setMinimumAcr(
  on: Queryable,
  id: string,
  minimumAcr: string | undefined,
): Promise<Account | undefined> {
  return first(await on.query<Found>('account/set-minimum-acr', [id, minimumAcr ?? null]));
}

export async function lockAccount(
  on: Queryable,
  id: string,
  reason: string | undefined,
): Promise<Account | undefined> {
  return first(await on.query<Found>('account/lock', [id, reason ?? null]));
}

export async function unlockAccount(on: Queryable, id: string): Promise<Account | undefined> {
  return first(await on.query<Found>('account/unlock', [id]));
}

/** Of all accounts, each once. */
export function listMailDomains(on: Queryable): Promise<MailDomain[]> {
  return on.query<MailDomain>('account/list-mail-domains');
}

export async function deleteAccount(on: Queryable, id: string): Promise<void> {
  await on.query('account/delete', [id]);
}

export function toAccount(row: AccountRow): Account {
  const time = (text: string | null) => (text === null ? undefined : new Date(text));
  return {
    id: row.id,
    identifier: row.identifier,
    email: row.email,
    givenName: row.given_name,
    familyName: row.family_name,
    rpps: row.rpps ?? undefined,
    roles: row.roles,
    organization: row.organization ?? undefined,
    organizationId: row.organization_id ?? undefined,
    locale: row.locale === 'en' ? 'en' : 'fr',
    passwordHash: row.password_hash,
    blockedPasswordHash: row.blocked_password_hash ?? undefined,
    passwordChangedAt: new Date(row.password_changed_at),
    provisionalExpiresAt: time(row.provisional_expires_at),
    minimumAcr: row.minimum_acr ?? undefined,
    lockedAt: time(row.locked_at),
    lockedReason: row.locked_reason ?? undefined,
    lastLoginAt: time(row.last_login_at),
    previousLoginAt: time(row.previous_login_at),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

/** Another account has the mail address. */
export function isEmailTaken(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'account_email_key';
}

function first(rows: Found[]): Account | undefined {
  return rows[0] && toAccount(rows[0].account);
}
