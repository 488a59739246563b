// The whole product on loopback ports, over a fresh database and a real mail server. Used by every test that talks HTTP.
import { Writable } from 'node:stream';
import { changePassword } from '../../src/actions/change-password.ts';
import { createAccount } from '../../src/actions/create-account.ts';
import { createClient } from '../../src/actions/create-client.ts';
import { createThrottle } from '../../src/actions/throttled.ts';
import { readSettings } from '../../src/config.ts';
import { createPasswordHasher, type HashingCost } from '../../src/crypto/password-hasher.ts';
import { createSecretKey } from '../../src/crypto/secret-key.ts';
import type { Client } from '../../src/db/client.ts';
import type { Database } from '../../src/db/database.ts';
import type { Account } from '../../src/domain/account.ts';
import { toPasswordPolicy, toThrottleLimits } from '../../src/from-settings.ts';
import { createLogger } from '../../src/http/logger.ts';
import { metadataFaultFinder } from '../../src/oidc/client-metadata.ts';
import { type RunningServer, startServer } from '../../src/start.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { type MailServer, startMailServer } from './smtp.ts';

export type TestServer = RunningServer & {
  issuer: string;
  managementUrl: string;
  mail: MailServer;
  testDatabase: TestDatabase;
  /** Every line that was logged. */
  log: string[];
  /** Another instance of the same installation, in this process: same database and key, connections and a port of its own, the same issuer. */
  addReplica(): Promise<{ url: string; stop(): Promise<void> }>;
  /** With a password of its own; nothing mailed is waited for. */
  addAccount(options?: AccountOptions): Promise<Account & { plainPassword: string }>;
  /** As an operator does: the provisional password is in the mail. */
  addNewAccount(options?: AccountOptions): Promise<Account & { provisionalPassword: string }>;
  addClient(options?: Partial<ClientOptions>): Promise<Client>;
};

export type AccountOptions = {
  identifier?: string;
  email?: string;
  givenName?: string;
  familyName?: string;
  rpps?: string;
  roles?: string[];
  organization?: string;
  organizationId?: string;
};
type ClientOptions = { firstParty: boolean; metadata: Record<string, unknown> };

export const PASSWORD = 'Tournesol-42!';
const KEY = Buffer.alloc(32, 7);

/**
 * @param through another way to the test's database, which can be cut
 * @param hashing instead of what is recommended
 */
export async function startTestServer(
  environment: Record<string, string> = {},
  through?: (testDatabase: TestDatabase) => Promise<Database>,
  hashing?: HashingCost,
): Promise<TestServer> {
  const testDatabase = await openTestDatabase();
  const mail = await startMailServer();
  const [port, managementPort] = [await freePort(), await freePort()];
  const issuer = environment.IDP_ISSUER ?? `http://localhost:${port}`;
  const base = {
    IDP_ISSUER: issuer,
    IDP_SMTP_URL: mail.url,
    IDP_MAIL_FROM: 'ne-pas-repondre@normand-esante.fr',
    IDP_LOG_LEVEL: 'debug',
    IDP_SHUTDOWN_DELAY: '0',
    ...environment,
  };
  const settings = readSettings({
    ...base,
    IDP_PORT: String(port),
    IDP_MANAGEMENT_PORT: String(managementPort),
  });
  const secretKey = createSecretKey([KEY]);
  const log: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk));
      done();
    },
  });
  const logger = createLogger('debug', sink);
  const { database } = testDatabase;
  const storage = (served: Database) => ({ database: served, secretKey, close: async () => undefined });
  const served = through ? await through(testDatabase) : database;
  const server = await startServer(settings, logger, { storage: storage(served), hashing });

  const mailDeps = { secretKey, mailFrom: settings.IDP_MAIL_FROM };
  const hasher = await createPasswordHasher(undefined, hashing);
  const accounts = {
    database,
    hasher,
    policy: toPasswordPolicy(settings),
    provisionalTtlSeconds: settings.IDP_PROVISIONAL_PASSWORD_TTL,
    mail: mailDeps,
  };
  let serial = 0;

  const addNewAccount = async (options: AccountOptions = {}) => {
    serial += 1;
    const outcome = await createAccount(accounts, {
      identifier: `personne${serial}`,
      email: `personne${serial}@exemple.fr`,
      givenName: 'Jeanne',
      familyName: 'Martin',
      ...options,
    });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    const { account } = outcome;
    const message = await mail.waitForMessage(({ to }) => to.includes(account.email));
    const provisionalPassword = /provisoire suivant : (\S+)/.exec(message.text)?.[1];
    if (!provisionalPassword) throw new Error(`no provisional password in:\n${message.text}`);
    return { ...account, provisionalPassword };
  };

  return {
    ...server,
    issuer,
    managementUrl: `http://localhost:${managementPort}`,
    mail,
    testDatabase,
    log,
    addNewAccount,
    async addAccount(options: AccountOptions = {}) {
      const created = await addNewAccount(options);
      const outcome = await changePassword(
        {
          ...accounts,
          productWords: [],
          throttle: createThrottle(database, KEY, toThrottleLimits(settings)),
        },
        {
          account: created,
          currentPassword: created.provisionalPassword,
          newPassword: PASSWORD,
          address: '127.0.0.1',
          kept: {},
          reason: 'own-choice',
        },
      );
      if (!outcome.ok) throw new Error(JSON.stringify(outcome));
      return { ...outcome.account, plainPassword: PASSWORD };
    },
    async addClient({ firstParty = true, metadata = {} }: Partial<ClientOptions> = {}) {
      const outcome = await createClient(
        { database, secretKey, issuer, findMetadataFault: metadataFaultFinder(server.app.provider) },
        {
          firstParty,
          metadata: {
            client_name: 'Portail pro',
            redirect_uris: ['http://localhost:9999/callback'],
            post_logout_redirect_uris: ['http://localhost:9999/'],
            ...metadata,
          },
        },
      );
      if (!outcome.ok) throw new Error(JSON.stringify(outcome));
      return outcome.client;
    },
    async addReplica() {
      const ports = [await freePort(), await freePort()];
      const replica = await startServer(
        readSettings({ ...base, IDP_PORT: String(ports[0]), IDP_MANAGEMENT_PORT: String(ports[1]) }),
        logger,
        { storage: storage(served) },
      );
      return { url: `http://localhost:${ports[0]}`, stop: replica.stop };
    },
    async stop() {
      await server.stop();
      if (served !== database) await served.close();
      await mail.close();
      await testDatabase.close();
    },
  };
}
