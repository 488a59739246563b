// A person's authenticator application.
import { generateSync } from 'otplib';
import { openAccount } from './my-account.ts';
import type { Person } from './person.ts';
import { PASSWORD, type TestServer } from './server.ts';

/** What a request says that must have strong authentication. */
export const DEMANDS_STRONG = {
  claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['eidas2', 'eidas3'] } } }),
};

/** The code of this moment, or of so many steps of 30 seconds later. */
export function codeOf(secret: string, steps = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });
}

/** The key that a page shows for typing. */
export function shownKey(person: Person): string {
  return /class="key"><code>([^<]+)</.exec(person.page!.body)![1]!.replaceAll(' ', '');
}

export const shownCodes = (person: Person) =>
  [...person.page!.body.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code]) => code!);

/** Adds an application in « Mon compte ». */
export async function enrol(server: TestServer, account: { identifier: string; id: string }) {
  const person = await openAccount(server, account);
  await person.open('/account/strong');
  await person.submit({ currentPassword: PASSWORD });
  const secret = shownKey(person);
  await person.submit({ code: codeOf(secret) });
  const recoveryCodes = shownCodes(person);
  expect(recoveryCodes).toHaveLength(10);
  return { person, secret, recoveryCodes };
}

/** As if 30 seconds had passed: the code of this moment is taken again. */
export async function forgetUsedCodes(server: TestServer, { id }: { id: string }): Promise<void> {
  await server.database.pool.query('UPDATE authenticator SET last_step = 0 WHERE account_id = $1', [id]);
}
