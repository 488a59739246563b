// A professional, as the rest of the product knows them.
import { STRONG_ACR } from './acr.ts';

export type Account = {
  /** The `sub` of tokens. */
  id: string;
  identifier: string;
  email: string;
  givenName: string;
  familyName: string;
  rpps: string | undefined;
  /** Professions as Pro Santé Connect writes them: `10^1.2.250.1.213.1.1.5.5`. */
  roles: string[];
  organization: string | undefined;
  organizationId: string | undefined;
  locale: 'fr' | 'en';
  passwordHash: string;
  /** Of a password that must not be set again. */
  blockedPasswordHash: string | undefined;
  passwordChangedAt: Date;
  /** Set: the password is provisional. */
  provisionalExpiresAt: Date | undefined;
  /** The level that every login must reach, whatever the application asks. */
  minimumAcr: string | undefined;
  lockedAt: Date | undefined;
  lockedReason: string | undefined;
  lastLoginAt: Date | undefined;
  previousLoginAt: Date | undefined;
  createdAt: Date;
  updatedAt: Date;
};

/** The id of no account: what an unknown identifier is looked up by. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Whoever is signed in, in this session. */
export type Owner = { accountId: string; sessionUid: string };

/** A password that was mailed, not chosen: good for one thing, to be changed. */
export function hasProvisionalPassword(account: Account): boolean {
  return account.provisionalExpiresAt !== undefined;
}

export function hasExpiredProvisionalPassword(account: Account, now: Date): boolean {
  return account.provisionalExpiresAt !== undefined && account.provisionalExpiresAt <= now;
}

/** @param strongRoles professions whose members need strong authentication, as `roles` writes them */
export function minimumAcrOf(
  { minimumAcr, roles }: Pick<Account, 'minimumAcr' | 'roles'>,
  strongRoles: string[],
): string | undefined {
  return minimumAcr ?? (roles.some((role) => strongRoles.includes(role)) ? STRONG_ACR : undefined);
}
