// A process that sends mails and nothing else, to be killed by tests. Its orders are in MAIL_PROCESS; it says "ready" once
// it works, and is the owner of the embedded database when it is given a folder.
import { pino } from 'pino';
import { openDatabase } from '../../src/db/database.ts';
import { openEmbeddedDatabase } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startJobs } from '../../src/jobs/start-jobs.ts';
import { templates } from '../support/templates.ts';
import { branding, mailFrom, secretKey } from './mail-office.ts';

const { dataFolder, connection: given, smtpUrl } = JSON.parse(process.env.MAIL_PROCESS!);
const connection = dataFolder === undefined ? given : (await openEmbeddedDatabase(dataFolder)).connection;
const database = openDatabase({ connection, prepared: false, onError: () => undefined });
if (dataFolder !== undefined) await migrate(database, connection);
await startJobs({
  database,
  secretKey,
  smtpUrl,
  mailFrom,
  branding,
  templates,
  logger: pino({ level: 'silent' }),
  purges: [],
  tellLogout: async () => undefined,
});
process.stdout.write('ready\n');
