// Somebody at « Mon compte ».
import { Person } from './person.ts';
import { PASSWORD, type TestServer } from './server.ts';

/** The second click of « Ce n'était pas moi ». */
export const ALARM = 'Fermer mes connexions et bloquer mon mot de passe';

type NewAccount = Awaited<ReturnType<TestServer['addAccount']>>;

/** After the login that « Mon compte » asks for. */
export async function openAccount(
  server: TestServer,
  account: Pick<NewAccount, 'identifier'>,
  headers: Record<string, string> = {},
): Promise<Person> {
  const person = new Person(server.issuer);
  person.headers = headers;
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  return person;
}

/** A new account's owner there. */
export async function atAccount(server: TestServer, options: Parameters<TestServer['addAccount']>[0] = {}) {
  const account = await server.addAccount(options);
  return { account, person: await openAccount(server, account) };
}

/** Makes the logins of an account so many seconds older. */
export async function growOlder(server: TestServer, accountId: string, seconds: number): Promise<void> {
  await server.database.pool.query(
    `UPDATE artefact SET payload = jsonb_set(payload, '{loginTs}', to_jsonb((payload ->> 'loginTs')::int - $2::int))
     WHERE account_id = $1 AND model = 'Session'`,
    [accountId, seconds],
  );
}

/** What a page says, with plain spaces. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').replaceAll('\u2060', '');
}
