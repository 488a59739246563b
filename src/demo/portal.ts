// « Portail pro » on its own, for a provider that runs elsewhere (compose.yaml): `node src/demo/portal.ts`.
// PORTAL_ISSUER, PORTAL_CLIENT_ID, PORTAL_CLIENT_SECRET, PORTAL_URL (where browsers find it); PORTAL_PORT and
// PORTAL_HOST (where it listens), PORTAL_NAME.
import { toStartFault } from '../start-fault.ts';
import { serveSite } from './serve-site.ts';

const { env } = process;
const NEEDED = ['PORTAL_ISSUER', 'PORTAL_CLIENT_ID', 'PORTAL_CLIENT_SECRET', 'PORTAL_URL'];
const isUrl = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);

const faults = NEEDED.filter((name) => !env[name]).map((name) => `${name} is missing`);
for (const name of ['PORTAL_ISSUER', 'PORTAL_URL']) {
  if (env[name] && !isUrl(env[name])) faults.push(`${name} is not an http(s) URL`);
}
const port = Number(
  env.PORTAL_PORT || (isUrl(env.PORTAL_URL ?? '') && new URL(env.PORTAL_URL!).port) || 4000,
);
if (!Number.isInteger(port) || port < 1 || port > 65_535) faults.push('PORTAL_PORT is not a port');
if (faults.length > 0)
  giveUp(`the settings are not right:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);

try {
  const stop = await serveSite(
    {
      name: env.PORTAL_NAME || 'Portail pro',
      url: env.PORTAL_URL!.replace(/\/+$/, ''),
      issuer: env.PORTAL_ISSUER!,
      clientId: env.PORTAL_CLIENT_ID!,
      clientSecret: env.PORTAL_CLIENT_SECRET!,
    },
    port,
    env.PORTAL_HOST || '127.0.0.1',
  );
  const end = () => stop().then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  console.log(`portal: ${env.PORTAL_URL} (port ${port})`);
} catch (error) {
  giveUp(toStartFault(error));
}

function giveUp(reason: string): never {
  process.stderr.write(`portal: ${reason}\n`);
  process.exit(1);
}
