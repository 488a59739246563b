// The second click gets the answer to the first; nobody else does.
import { Application } from '../support/application.ts';
import { codeOf, DEMANDS_STRONG, enrol, forgetUsedCodes } from '../support/authenticator.ts';
import { type Front, startFront } from '../support/front.ts';
import { growOlder, openAccount } from '../support/my-account.ts';
import { Person } from '../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';
import { clickTwice, WHEN } from '../support/two-clicks.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function changeAddress() {
  const account = await server.addAccount();
  const person = await openAccount(server, account);
  const { action, data } = person.fill({ email: `nouvelle.${account.email}` });
  const post = (cookie: string) =>
    fetch(action, {
      method: 'POST',
      redirect: 'manual',
      body: data.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer, cookie },
    });
  const asked = async () =>
    (await server.database.pool.query('SELECT 1 FROM email_change WHERE account_id = $1', [account.id])).rows
      .length;
  return { account, person, post, asked, cookie: person.cookieHeader(new URL(action)) };
}

it('answers many clicks at once and after, and does it once', async () => {
  const { post, asked, cookie } = await changeAddress();
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(cookie)));
  answers.push(await post(cookie));
  for (const { status, headers } of answers) {
    expect(status).toBe(303);
    expect(headers.get('location')).toBe('/account#change-email');
  }
  expect(await asked()).toBe(1);
});

it('gives nobody the answer, or a session, who brings other cookies', async () => {
  const { account, post, cookie } = await changeAddress();
  // So old that the answer renews the cookie of the session.
  await growOlder(server, account.id, 120);
  await post(cookie);
  for (const other of ['', 'idp_session=x', cookie.replace('idp_session=', 'idp_session=x')]) {
    const answer = await post(other);
    expect(answer.headers.get('location')).toMatch(/^\/auth\?/);
    expect(answer.headers.getSetCookie().join()).not.toContain(/idp_session=([^;]+)/.exec(cookie)![1]);
  }
});

it('repeats nothing that was not done', async () => {
  const { account, post, cookie, asked } = await changeAddress();
  await growOlder(server, account.id, 301);
  expect((await post(cookie)).status).not.toBe(200);
  await growOlder(server, account.id, -301);
  expect((await post(cookie)).headers.get('location')).toBe('/account#change-email');
  expect(await asked()).toBe(1);
});

describe.each(WHEN)(
  'of two clicks, %s, that come to two instances, the second is answered like the first',
  (when) => {
    let replica: { url: string; stop(): Promise<void> };
    let front: Front;
    beforeAll(async () => {
      replica = await server.addReplica();
      front = await startFront(server.issuer, [server.issuer, replica.url]);
    });
    afterAll(async () => {
      await front.close();
      await replica.stop();
    });

    const somebody = () => new Person(server.issuer, () => front.url);

    async function atAccount(account: { identifier: string }, page = '/account'): Promise<Person> {
      const person = somebody();
      await person.open(page);
      await person.submit({ identifier: account.identifier, password: PASSWORD });
      await person.open(page);
      return person;
    }

    /** Twice the same, and no failure was counted. */
    async function expectAlike(answers: Response[], accountId: string) {
      const [first, second] = await Promise.all(
        answers.map(async (answer) => ({
          status: answer.status,
          location: answer.headers.get('location'),
          body: answer.status === 303 ? '' : await answer.text(),
        })),
      );
      expect(second).toEqual(first);
      const { rows } = await server.database.pool.query(
        "SELECT event, detail FROM audit WHERE account_id = $1 AND event = 'login.failed'",
        [accountId],
      );
      expect(rows).toEqual([]);
      return first!;
    }

    it('at a change of the password', async () => {
      const account = await server.addAccount();
      const person = await atAccount(account);
      const form = person.fill(
        {
          currentPassword: PASSWORD,
          newPassword: 'Coquelicot-77!',
          newPasswordConfirmation: 'Coquelicot-77!',
        },
        'Valider',
      );
      const answer = await expectAlike(await clickTwice(person, form, when), account.id);
      expect(answer.location).toBe('/account/password/done');
    });

    it('at new recovery codes', async () => {
      const account = await server.addAccount();
      const { secret } = await enrol(server, account);
      await forgetUsedCodes(server, account);
      const person = await atAccount(account, '/account/strong');
      const form = person.fill(
        { currentPassword: PASSWORD, code: codeOf(secret) },
        'Nouveaux codes de récupération',
      );
      const { body } = await expectAlike(await clickTwice(person, form, when), account.id);
      expect([...body.matchAll(/<li><code>/g)]).toHaveLength(10);
    });

    it.each(['otp', 'recovery'])('at the step %s of a login', async (step) => {
      const account = await server.addAccount();
      const { secret, recoveryCodes } = await enrol(server, account);
      await forgetUsedCodes(server, account);
      const app = await Application.register(server);
      const person = somebody();
      await person.open(app.request(DEMANDS_STRONG).url);
      await person.open(person.page!.url.replace(/\/password$/, '/strong'));
      await person.submit({ identifier: account.identifier, password: PASSWORD });
      await person.open(person.page!.url.replace(/otp$/, step));
      const form = person.fill(
        step === 'otp' ? { code: codeOf(secret) } : { recoveryCode: recoveryCodes[0]! },
      );
      const [first, second] = await clickTwice(person, form, when);
      expect([first.status, second.status]).toEqual([303, 303]);
      await person.open(new URL(second.headers.get('location')!, person.page!.url).href);
      expect(person.page!.body).not.toContain('incorrect');
    });
  },
);
