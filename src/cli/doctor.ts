// esante-idp doctor: what an operator looks at first.
import { totpContext } from '../actions/verify-code.ts';
import { askTimeServer } from '../clock/sntp.ts';
import { listAllAuthenticators } from '../db/authenticator.ts';
import { askDatabaseClock } from '../db/clock.ts';
import { listUnsentMails } from '../db/mail.ts';
import { listSigningKeys } from '../db/signing-key.ts';
import { NOBODY } from '../domain/account.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { type Command, readWords } from './command.ts';
import type { Workplace } from './workplace.ts';

export type Check = { check: string; ok: boolean; detail: string };

/** Milliseconds: a code of a right telephone is refused beyond a step of 30 seconds. */
const MOST_DRIFT = 5_000;
const PART = 1_000;

const CHECKS: Record<string, (workplace: Workplace) => Promise<{ ok: boolean; detail: string } | undefined>> =
  {
    database: async ({ database }) => {
      const writes = (await database.query('database/ping')).length === 1;
      return { ok: writes, detail: writes ? 'it answers' : 'it answers, but takes no changes' };
    },
    'secret key': async ({ database, secretKey }) => {
      const keys = await listSigningKeys(database, secretKey);
      return {
        ok: true,
        detail: keys.length === 0 ? 'no key was made yet' : `opens ${keys.length} signing keys`,
      };
    },
    'secrets of authenticator applications': async ({ database, secretKey }) => {
      let [seen, unreadable] = [0, 0];
      for (let after = NOBODY; ; ) {
        const part = await listAllAuthenticators(database, after, PART);
        for (const { accountId, secretEncrypted } of part)
          if (!canOpen(secretKey, secretEncrypted, totpContext(accountId))) unreadable++;
        seen += part.length;
        if (part.length < PART) break;
        after = part.at(-1)!.id;
      }
      return {
        ok: unreadable === 0,
        detail: `${unreadable} of ${seen} are under a key that is not in IDP_SECRET_KEY`,
      };
    },
    'clock, against the database': async ({ database }) => describeDrift(await askDatabaseClock(database)),
    'clock, against the time server': async ({ settings: { IDP_TIME_SERVER: server } }) =>
      server === undefined ? undefined : describeDrift(await askTimeServer(server)),
    mails: async ({ database }) => {
      const dead = (await listUnsentMails(database)).filter(({ state }) => state === 'dead');
      return { ok: dead.length === 0, detail: `${dead.length} were given up: esante-idp mail list` };
    },
  };

export const doctor: Command = (words) => {
  const { values } = readWords(words, {});
  return {
    json: values.json === true,
    async work(workplace) {
      const checks: Check[] = [];
      for (const [check, look] of Object.entries(CHECKS)) {
        const seen = await look(workplace).catch((error: Error) => ({ ok: false, detail: error.message }));
        if (seen) checks.push({ check, ...seen });
      }
      const lines = checks.map(({ check, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'}  ${check}: ${detail}`);
      return { document: checks, text: lines.join('\n'), hasFailed: checks.some(({ ok }) => !ok) };
    },
  };
};

function canOpen(secretKey: SecretKey, sealed: Buffer, context: string): boolean {
  try {
    secretKey.decrypt(sealed, context);
    return true;
  } catch {
    return false;
  }
}

function describeDrift(ahead: number): { ok: boolean; detail: string } {
  const seconds = Math.abs(ahead / 1000).toFixed(1);
  return { ok: Math.abs(ahead) <= MOST_DRIFT, detail: `${seconds} s ${ahead < 0 ? 'ahead' : 'behind'}` };
}
