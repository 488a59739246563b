// What applications learn about a person, per scope (contract.md, « Claims »). The names of the `health` scope are
// those of Pro Santé Connect: a service written for it needs new URLs only.
import type { AccountClaims, Account as ProviderAccount } from 'oidc-provider';
import type { Account } from '../domain/account.ts';
import { toSubjectNameId } from '../domain/rpps.ts';

export const CLAIMS_BY_SCOPE: Record<string, string[]> = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['given_name', 'family_name', 'name', 'preferred_username', 'updated_at'],
  email: ['email', 'email_verified'],
  health: ['SubjectNameID', 'SubjectRole', 'SubjectOrganization', 'SubjectOrganizationID'],
};

/** In the order in which pages tell what they mean. */
export const SCOPES = ['openid', 'profile', 'email', 'health', 'offline_access'];

/** The account as the provider library wants it. */
export function toProviderAccount(account: Account): ProviderAccount {
  return { accountId: account.id, claims: async () => toClaims(account) };
}

/** Everything we know; the library lets through what the scopes and the grant allow. */
export function toClaims(account: Account): AccountClaims {
  return {
    sub: account.id,
    given_name: account.givenName,
    family_name: account.familyName,
    name: `${account.givenName} ${account.familyName}`,
    preferred_username: account.identifier,
    updated_at: Math.floor(account.updatedAt.getTime() / 1000),
    email: account.email,
    // The address received the provisional password that the person then typed.
    email_verified: account.provisionalExpiresAt === undefined,
    ...(account.rpps && { SubjectNameID: toSubjectNameId(account.rpps) }),
    ...(account.roles.length > 0 && { SubjectRole: account.roles }),
    ...(account.organization && { SubjectOrganization: account.organization }),
    ...(account.organizationId && { SubjectOrganizationID: account.organizationId }),
  };
}
