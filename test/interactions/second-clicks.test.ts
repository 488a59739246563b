// The second click gets the answer to the first; nobody else does.
import { growOlder, openAccount } from '../support/my-account.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

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
