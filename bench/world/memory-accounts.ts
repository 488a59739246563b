// The same people as world/seed.ts writes to the database, for the side that has none.
import { randomUUID } from 'node:crypto';
import type { Account } from '../../src/domain/account.ts';
import { ACCOUNTS, identifierOf } from './accounts.ts';

export function memoryAccounts(): { byId: Map<string, Account>; byIdentifier: Map<string, Account> } {
  const accounts = Array.from({ length: ACCOUNTS }, (_, index): Account => {
    const now = new Date();
    return {
      id: randomUUID(),
      identifier: identifierOf(index),
      email: `${identifierOf(index)}@exemple.fr`,
      givenName: 'Jeanne',
      familyName: 'Martin',
      rpps: String(10_000_000_000 + index),
      roles: ['10'],
      organization: 'Cabinet du port',
      organizationId: '14000001',
      locale: 'fr',
      passwordHash: '',
      blockedPasswordHash: undefined,
      passwordChangedAt: now,
      provisionalExpiresAt: undefined,
      minimumAcr: undefined,
      lockedAt: undefined,
      lockedReason: undefined,
      lastLoginAt: undefined,
      previousLoginAt: undefined,
      createdAt: now,
      updatedAt: now,
    };
  });
  return {
    byId: new Map(accounts.map((account) => [account.id, account])),
    byIdentifier: new Map(accounts.map((account) => [account.identifier, account])),
  };
}
