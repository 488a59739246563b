// What the demo finds in its database: two applications and two people, made on the first start by the product's own
// actions. Called by serve-demo.ts at every start; a later one changes nothing but addresses that moved.
import { randomBytes } from 'node:crypto';
import { changePassword } from '../actions/change-password.ts';
import { type AccountRequest, createAccount } from '../actions/create-account.ts';
import { createClient } from '../actions/create-client.ts';
import { resetAccount } from '../actions/reset-account.ts';
import { createThrottle } from '../actions/throttled.ts';
import type { Settings } from '../config.ts';
import { findAccountByIdentifier } from '../db/account.ts';
import { type Client, deleteClient, findClient } from '../db/client.ts';
import type { Account } from '../domain/account.ts';
import { hasExpiredProvisionalPassword, hasProvisionalPassword } from '../domain/account.ts';
import type { Failure } from '../domain/outcome.ts';
import { toPasswordPolicy, toThrottleLimits } from '../from-settings.ts';
import { metadataFaultFinder } from '../oidc/client-metadata.ts';
import type { RunningServer } from '../start.ts';
import { type Site, siteMetadata } from './sites.ts';

/** Her password is chosen already. */
export const KNOWN_PERSON = { identifier: 'jeanne.martin', plainPassword: 'Pommiers-27!' };
/** Whose provisional password waits in the inbox. */
export const NEW_PERSON = { identifier: 'n8u8taki' };

const JEANNE: AccountRequest = {
  identifier: KNOWN_PERSON.identifier,
  email: 'jeanne.martin@exemple.fr',
  givenName: 'Jeanne',
  familyName: 'Martin',
  rpps: '99700367917',
  roles: ['10'],
  organization: 'Maison de santé des Deux-Rives',
  organizationId: '1760000000',
};
const NEWCOMER: AccountRequest = {
  identifier: NEW_PERSON.identifier,
  email: 'jean.benoit@exemple.fr',
  givenName: 'Jean',
  familyName: 'Benoit',
  roles: ['60'],
  organization: 'Maison de santé des Deux-Rives',
  organizationId: '1760000000',
};

/** Returns each site as the provider knows it, with its secret. Throws when the settings make one impossible. */
export async function seed(server: RunningServer, settings: Settings, sites: Site[]): Promise<Client[]> {
  const { database, secretKey } = server;
  const isFirstStart = (await findClient(database, secretKey, sites[0]!.clientId)) === undefined;
  // People first: the applications tell the next start that there was a first one.
  if (isFirstStart) await seedPeople(server, settings);
  else await renewExpired(server, settings);
  const clients: Client[] = [];
  for (const site of sites) clients.push(await ensureClient(server, settings, site));
  return clients;
}

/** Whether the password that KNOWN_PERSON began with still opens the account. */
export async function isKnownPasswordKept({ app, database }: RunningServer): Promise<boolean> {
  const account = await findAccountByIdentifier(database, KNOWN_PERSON.identifier);
  return account !== undefined && app.hasher.verify(account.passwordHash, KNOWN_PERSON.plainPassword);
}

/** Whether the first login of NEW_PERSON is still to be done. */
export async function isFirstLoginLeft({ database }: RunningServer): Promise<boolean> {
  const account = await findAccountByIdentifier(database, NEW_PERSON.identifier);
  return account !== undefined && hasProvisionalPassword(account);
}

async function renewExpired(server: RunningServer, settings: Settings): Promise<void> {
  const account = await findAccountByIdentifier(server.database, NEW_PERSON.identifier);
  if (account && hasExpiredProvisionalPassword(account, new Date())) {
    await resetAccount(accountDeps(server, settings), account);
  }
}

function accountDeps({ app, database, secretKey }: RunningServer, settings: Settings) {
  return {
    database,
    hasher: app.hasher,
    policy: toPasswordPolicy(settings),
    provisionalTtlSeconds: settings.IDP_PROVISIONAL_PASSWORD_TTL,
    mail: { secretKey, mailFrom: settings.IDP_MAIL_FROM },
    productWords: [],
    throttle: createThrottle(database, secretKey.derive('throttle')[0]!, toThrottleLimits(settings)),
  };
}

async function seedPeople(server: RunningServer, settings: Settings): Promise<void> {
  const { database } = server;
  const deps = accountDeps(server, settings);
  const ensureAccount = async (request: AccountRequest): Promise<Account> => {
    const known = await findAccountByIdentifier(database, request.identifier);
    if (known) return known;
    const outcome = await createAccount(deps, request);
    return outcome.ok ? outcome.account : giveUp(outcome);
  };

  const jeanne = await ensureAccount(JEANNE);
  if (hasProvisionalPassword(jeanne)) {
    const outcome = await changePassword(deps, {
      account: jeanne,
      // Nobody knows the provisional one here, and only an equal new password would be refused for it.
      currentPassword: randomBytes(16).toString('base64url'),
      newPassword: KNOWN_PERSON.plainPassword,
      address: '127.0.0.1',
      kept: {},
      reason: 'own-choice',
    });
    if (!outcome.ok) giveUp(outcome);
  }
  await ensureAccount(NEWCOMER);
}

async function ensureClient(server: RunningServer, settings: Settings, site: Site): Promise<Client> {
  const { app, database, secretKey } = server;
  const metadata = siteMetadata(site);
  const known = await findClient(database, secretKey, site.clientId);
  if (known && known.metadata.backchannel_logout_uri === metadata.backchannel_logout_uri) return known;
  // The demo's ports were moved, or an older version made it.
  if (known) await deleteClient(database, site.clientId);
  const outcome = await createClient(
    {
      database,
      secretKey,
      issuer: settings.IDP_ISSUER,
      findMetadataFault: metadataFaultFinder(app.provider),
    },
    { firstParty: site.isFirstParty, metadata },
  );
  return outcome.ok ? outcome.client : giveUp(outcome);
}

function giveUp({ code, faults, field }: Failure): never {
  throw new Error(`the demo cannot be set up: ${code} ${JSON.stringify(faults ?? field ?? '')}`);
}
