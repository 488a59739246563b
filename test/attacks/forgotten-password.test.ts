// Ways to get at an account, or to find out about one, through « Mot de passe oublié »: catalogue rows C46, C49, F75, F77 to
// F81, F83, F84, G89.
import { createHash } from 'node:crypto';
import { lockAccount, unlockAccount } from '../../src/actions/lock-account.ts';
import { Application } from '../support/application.ts';
import { rightPicture } from '../support/captcha.ts';
import { readEverythingStored } from '../support/everything-stored.ts';
import {
  askForLink,
  LINK_SUBJECT,
  linkIn,
  listLinkMails,
  mailedLink,
} from '../support/forgotten-password.ts';
import { type Front, startFront } from '../support/front.ts';
import { call } from '../support/http-call.ts';
import { cookiesOf } from '../support/login-attempt.ts';
import { Person } from '../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';
import { waitUntil } from '../support/wait-until.ts';

const NEW = 'Coquelicot-7!';
type Account = Awaited<ReturnType<TestServer['addAccount']>>;

let server: TestServer;
let replica: { url: string; stop(): Promise<void> };
/** Takes the two instances in turn. */
let front: Front;
let app: Application;

beforeAll(async () => {
  server = await startTestServer({
    IDP_TRUSTED_PROXIES: '127.0.0.1',
    IDP_RESETS_PER_HOUR_AND_ADDRESS: '5',
  });
  replica = await server.addReplica();
  front = await startFront(server.issuer, [server.issuer, replica.url]);
  app = await Application.register(server, { grant_types: ['authorization_code', 'refresh_token'] });
});
afterAll(async () => {
  await front?.close();
  await replica?.stop();
  await server?.stop();
});

let senders = 0;
/** A browser with an address of its own, each of whose requests meets another instance than the one before. */
function somebody(): Person {
  const person = new Person(server.issuer, () => front.url);
  senders += 1;
  person.headers = { 'x-forwarded-for': `198.51.${Math.floor(senders / 250)}.${(senders % 250) + 1}` };
  return person;
}

async function linkFor({ identifier, email }: Account): Promise<string> {
  const before = listLinkMails(server, email).length;
  await askForLink(server, somebody(), identifier);
  await waitUntil(() => listLinkMails(server, email).length > before);
  return mailedLink(server, email);
}

const choice = (identifier: string, newPassword = NEW) => ({
  identifier,
  newPassword,
  newPasswordConfirmation: newPassword,
});

async function passwordHashOf({ id }: { id: string }): Promise<string> {
  const { rows } = await server.database.pool.query('SELECT password_hash FROM account WHERE id = $1', [id]);
  return rows[0].password_hash;
}

async function countChanges({ id }: { id: string }): Promise<number> {
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM audit WHERE account_id = $1 AND event = 'password.changed' AND detail ->> 'reason' = 'reset'`,
    [id],
  );
  return rows[0].n;
}

describe('asking', () => {
  // C46, C44
  it('answers the same, whoever is asked for', async () => {
    const known = await server.addAccount({ email: 'abcdefgh.ijk@normand-esante.fr' });
    const locked = await server.addAccount();
    await server.database.pool.query('UPDATE account SET locked_at = now() WHERE id = $1', [locked.id]);
    const limited = await server.addAccount();
    for (let times = 0; times < 3; times++) await linkFor(limited);

    const pages: { status: number; headers: string; cookies: string[]; text: string }[] = [];
    for (const identifier of [
      known.identifier,
      locked.identifier,
      limited.identifier,
      'nobody-at-all',
      '\u{1F600}"; --',
      'x'.repeat(300),
    ]) {
      const person = somebody();
      await askForLink(server, person, identifier);
      const { page } = person;
      pages.push({
        status: page!.status,
        headers: [...page!.headers.keys()].sort().join(),
        cookies: person.setCookies.map((line) => line.replace(/=[^;]*/, '').replace(/expires=[^;]*/i, '')),
        text: page!.text.replace(/\S•+\S*@[\w.-]+\w/, '(address)'),
      });
    }
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(1);
    expect(pages[0]!.status).toBe(200);
    expect(pages[0]!.text).toContain("à l'adresse (address)");
    expect(listLinkMails(server, locked.email)).toEqual([]);
    expect(listLinkMails(server, limited.email)).toHaveLength(3);
  });

  // F83
  it('mails one account at most three links an hour and ten a day, whatever the way', async () => {
    const account = await server.addAccount();
    const spellings = [account.identifier, account.identifier.toUpperCase(), ` ${account.identifier} `];
    const forms = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const person = somebody();
        await person.open(`${server.issuer}/account/forgot`);
        return { person, captchaChoice: await rightPicture(server, person), index };
      }),
    );
    const pages = await Promise.all(
      forms.map(({ person, captchaChoice, index }) =>
        person.submit({ identifier: spellings[index % 3], captchaChoice }),
      ),
    );
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
    const count = async () =>
      (
        await server.database.pool.query(
          'SELECT count(*)::int AS n FROM password_reset WHERE account_id = $1',
          [account.id],
        )
      ).rows[0].n;
    expect(await count()).toBe(3);

    for (const sum of [6, 9, 10, 10]) {
      await server.database.pool.query(
        `UPDATE password_reset SET created_at = created_at - interval '61 minutes' WHERE account_id = $1`,
        [account.id],
      );
      for (let times = 0; times < 4; times++) await askForLink(server, somebody(), account.identifier);
      expect(await count()).toBe(sum);
    }
  });

  // F83
  it('mails at most so many links an hour for one address, whatever the accounts', async () => {
    const accounts = await Promise.all(Array.from({ length: 7 }, () => server.addAccount()));
    const person = somebody();
    for (const { identifier } of accounts) {
      await askForLink(server, person, identifier);
      expect(person.page!.status).toBe(200);
      expect(person.page!.text).toContain('est prise en compte');
    }
    const { rows } = await server.database.pool.query(
      'SELECT count(*)::int AS n FROM password_reset WHERE account_id = ANY ($1)',
      [accounts.map(({ id }) => id)],
    );
    expect(rows[0].n).toBe(5);
  });

  it('counts an IPv6 customer as one sender', async () => {
    const accounts = await Promise.all(Array.from({ length: 6 }, () => server.addAccount()));
    for (const [index, { identifier }] of accounts.entries()) {
      const person = somebody();
      person.headers = { 'x-forwarded-for': `2001:db8:7:7::${index + 1}` };
      await askForLink(server, person, identifier);
    }
    const { rows } = await server.database.pool.query(
      'SELECT count(*)::int AS n FROM password_reset WHERE account_id = ANY ($1)',
      [accounts.map(({ id }) => id)],
    );
    expect(rows[0].n).toBe(5);
  });

  // F75
  it('builds links from the configured address, whatever the request says', async () => {
    const account = await server.addAccount();
    const person = somebody();
    await person.open(`${server.issuer}/account/forgot`);
    const captchaChoice = await rightPicture(server, person);
    const { host } = new URL(server.issuer);
    Object.assign(person.headers, {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '666',
      forwarded: 'host=evil.example;proto=https',
      'x-original-host': 'evil.example',
      'x-host': 'evil.example',
    });
    await person.submit({ identifier: account.identifier, captchaChoice });
    expect(await mailedLink(server, account.email)).toMatch(new RegExp(`^http://${host}/account/reset`));
    for (const forged of [
      'evil.example',
      `evil.example@${host}`,
      `evil:fake@${host}`,
      `${host}.evil.example`,
    ]) {
      const answer = await call(`${server.issuer}/account/forgot`, {
        form: { identifier: account.identifier },
        headers: { host: forged },
      });
      expect(answer.status).toBe(421);
    }
    expect(listLinkMails(server, account.email)).toHaveLength(1);
  });

  // G89
  it.each(['/account/forgot', '/account/forgot/again', '/account/reset'])(
    '%s takes no form of another site',
    async (path) => {
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
        const answer = await call(`${server.issuer}${path}`, { form: { identifier: 'x' }, headers });
        expect(answer.status).toBe(403);
      }
    },
  );

  it('sends no mail without the captcha, were it solved a moment ago', async () => {
    const account = await server.addAccount();
    const person = somebody();
    await person.open(`${server.issuer}/account/forgot`);
    const { action, data } = person.fill({
      identifier: account.identifier,
      captchaChoice: await rightPicture(server, person),
    });
    // Not as the second click of the same form, which is answered like the first.
    data.delete('formId');
    const post = () =>
      call(action, {
        form: Object.fromEntries(data),
        headers: {
          cookie: cookiesOf(person, ['idp_browser']),
          'x-forwarded-for': person.headers['x-forwarded-for']!,
        },
      });
    const answers = await Promise.all(Array.from({ length: 20 }, post));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(422)]);
    await mailedLink(server, account.email);
    expect(listLinkMails(server, account.email)).toHaveLength(1);
  });
});

describe('the link', () => {
  // F79
  it('survives mail scanners, and ten tabs make one change', async () => {
    const account = await server.addAccount();
    const link = await linkFor(account);
    for (let times = 0; times < 3; times++) {
      const answer = await fetch(link, { method: 'HEAD', redirect: 'manual' });
      expect(answer.status).toBe(303);
    }
    for (let times = 0; times < 10; times++) expect((await somebody().open(link)).status).toBe(200);

    const tabs = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const tab = somebody();
        await tab.open(link);
        expect(tab.page!.url).toBe(`${server.issuer}/account/reset`);
        return tab;
      }),
    );
    const pages = await Promise.all(
      tabs.map((tab, index) => tab.submit(choice(account.identifier, `Coquelicot-${index}!`))),
    );
    expect(pages.filter(({ url }) => url.endsWith('/done'))).toHaveLength(1);
    expect(pages.filter(({ status }) => status === 410)).toHaveLength(9);
    expect(await countChanges(account)).toBe(1);
    expect((await somebody().open(link)).status).toBe(410);
  });

  // F80
  it('is dead once it is replaced or expired', async () => {
    const account = await server.addAccount();
    const older = await linkFor(account);
    const opened = somebody();
    await opened.open(older);
    const newer = await linkFor(account);
    expect((await somebody().open(older)).status).toBe(410);
    expect((await opened.submit(choice(account.identifier))).status).toBe(410);
    expect(opened.page!.text.replaceAll('\u00a0', ' ')).toContain(
      "Ce lien n'est plus valable. Refaites une demande depuis « Mot de passe oublié ».",
    );
    expect(opened.page!.body).toContain('href="/account/forgot"');

    const waiting = somebody();
    await waiting.open(newer);
    await server.database.pool.query(
      'UPDATE password_reset SET expires_at = now() WHERE account_id = $1 AND ended_at IS NULL',
      [account.id],
    );
    expect((await somebody().open(newer)).status).toBe(410);
    expect((await waiting.submit(choice(account.identifier))).status).toBe(410);
    expect(await countChanges(account)).toBe(0);
    expect(await passwordHashOf(account)).toBe(account.passwordHash);
  });

  // F80
  it('is dead once the password was changed otherwise, or the account was locked for a while', async () => {
    const fresh = await server.addNewAccount();
    const link = await linkFor({ ...fresh, plainPassword: '' });
    const person = somebody();
    await person.open(app.request().url);
    await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
    await person.submit({
      ...choice(fresh.identifier),
      currentPassword: fresh.provisionalPassword,
      captchaChoice: await rightPicture(server, person),
    });
    expect(person.page!.text).toContain('Votre changement de mot de passe est effectué.');
    expect((await somebody().open(link)).status).toBe(410);

    const account = await server.addAccount();
    const before = await linkFor(account);
    await lockAccount(server.database, account);
    await unlockAccount(server.database, account);
    expect((await somebody().open(before)).status).toBe(410);
    expect((await somebody().open(await linkFor(account))).status).toBe(200);
  });

  // F77
  it('cannot be made up, shortened, or written otherwise', async () => {
    const account = await server.addAccount();
    const link = await linkFor(account);
    const token = link.slice(-43);
    const page = link.slice(0, -43);
    // The last character has two bits that decoders do not look at.
    const twin = String.fromCharCode(token.charCodeAt(42) + 1);
    for (const other of [
      '',
      token.slice(0, -1),
      `${token}A`,
      token.toUpperCase() === token ? token.toLowerCase() : token.toUpperCase(),
      `${token.slice(0, -1)}${twin}`,
      `${token}=`,
      Buffer.from(token).toString('base64url'),
      createHash('sha256').update(token).digest('base64url'),
      createHash('sha256').update(token).digest('hex'),
      `${token}&token=${token}`,
      "' OR 1=1 --",
      'a'.repeat(43),
      'a'.repeat(20_000),
    ]) {
      const { status } = await somebody().open(`${page}${encodeURI(other)}`);
      expect([410, 431]).toContain(status);
    }
    const { status } = await somebody().open(`${server.issuer}/account/reset`);
    expect(status).toBe(410);
    expect((await somebody().open(link)).status).toBe(200);
  });

  // F77: tokens of another kind
  it('is not an access token, a code, or the name of a login', async () => {
    const account = await server.addAccount();
    const person = somebody();
    await person.open(app.request().url);
    const uid = /interaction\/([^/]+)/.exec(person.page!.url)![1]!;
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    const code = new URL(person.page!.url).searchParams.get('code')!;
    for (const other of [uid, code, person.cookie('idp_session')!, person.cookie('idp_browser')!]) {
      expect((await somebody().open(`${server.issuer}/account/reset?token=${other}`)).status).toBe(410);
    }
  });

  it('is no good for another account', async () => {
    const [mine, victim] = [await server.addAccount(), await server.addAccount()];
    const person = somebody();
    await person.open(await linkFor(mine));
    await person.submit(choice(victim.identifier));
    expect(person.page!.status).toBe(422);
    expect(await passwordHashOf(victim)).toBe(victim.passwordHash);
    expect(await passwordHashOf(mine)).toBe(mine.passwordHash);
    await person.submit(choice(mine.identifier));
    expect(person.page!.url).toMatch(/\/done$/);
  });

  it('does not let somebody who found it guess whose it is', async () => {
    const account = await server.addAccount();
    const link = await linkFor(account);
    const statuses: number[] = [];
    for (let times = 0; times < 5; times++) {
      const thief = somebody();
      await thief.open(link);
      statuses.push((await thief.submit(choice(`personne-${times}`))).status);
    }
    expect(statuses).toEqual([422, 422, 422, 429, 429]);
    const owner = somebody();
    await owner.open(link);
    expect((await owner.submit(choice(account.identifier))).status).toBe(429);
    expect(await countChanges(account)).toBe(0);
  });

  // C55: the address of somebody who guesses elsewhere
  it('makes no failure of its address good', async () => {
    const account = await server.addAccount();
    const owner = somebody();
    await owner.open(await linkFor(account));
    const failures = async () =>
      (await server.database.pool.query('SELECT sum(failures)::int AS n FROM throttle')).rows[0].n;
    const stranger = somebody();
    stranger.headers = owner.headers;
    await stranger.open(app.request().url);
    await stranger.submit({ identifier: 'victime', password: 'faux-1!aa' });
    const before = await failures();
    for (let times = 0; times < 3; times++)
      await owner.submit({ identifier: account.identifier, newPassword: '', newPasswordConfirmation: '' });
    expect(await failures()).toBe(before);
  });

  // C49
  it('opens no account that is locked, before or after it was mailed', async () => {
    const account = await server.addAccount();
    const link = await linkFor(account);
    const opened = somebody();
    await opened.open(link);
    await server.database.pool.query('UPDATE account SET locked_at = now() WHERE id = $1', [account.id]);
    expect((await somebody().open(link)).status).toBe(410);
    expect((await opened.submit(choice(account.identifier))).status).toBe(410);
    expect(await passwordHashOf(account)).toBe(account.passwordHash);
  });

  // F79
  it('stands in no log, no table and no address that another page could see', async () => {
    const account = await server.addAccount();
    const link = await linkFor(account);
    const token = link.slice(-43);
    const person = somebody();
    const first = await person.request(new URL(link));
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/account/reset');
    expect(first.headers.get('referrer-policy')).toBe('no-referrer');
    const [cookie] = first.headers.getSetCookie();
    expect(cookie).toMatch(/^idp_reset=.*path=\/account\/reset;.*samesite=lax; httponly/i);
    await person.open('/account/reset');
    expect(person.page!.body).not.toContain(token);
    expect(person.page!.headers.get('cache-control')).toBe('no-store');
    await person.submit(choice(account.identifier, 'x'));
    await person.submit(choice(account.identifier));
    const stored = await readEverythingStored(server.database);
    for (const [table, rows] of stored) expect([table, rows.includes(token)]).toEqual([table, false]);
    const log = server.log.join('');
    expect(log).not.toContain(token);
    expect(log).not.toContain(account.identifier);
    expect(log).not.toContain(NEW);
  });
});

// F81
it('ends at once, on every instance, all that the account had under way', async () => {
  const account = await server.addAccount();
  const tablet = somebody();
  const signedIn = app.request();
  await tablet.open(signedIn.url);
  await tablet.submit({ identifier: account.identifier, password: PASSWORD });
  expect(new URL(tablet.page!.url).searchParams.has('code')).toBe(true);
  const tokens = await app.signIn(tablet);
  const inHand = await app.code(tablet);
  // A login under way, whose password was proved: it waits for the consent.
  const thirdParty = await Application.register(server, { client_name: 'Tiers' }, false);
  const waiting = somebody();
  await waiting.open(thirdParty.request().url);
  await waiting.submit({ identifier: account.identifier, password: PASSWORD });
  expect(waiting.page!.url).toMatch(/\/consent$/);

  const person = somebody();
  await person.open(await linkFor(account));
  await person.submit(choice(account.identifier));
  expect(person.page!.url).toMatch(/\/done$/);

  await tablet.open(app.request({ prompt: 'none' }).url);
  expect(new URL(tablet.page!.url).searchParams.get('error')).toBe('login_required');
  const { rows } = await server.database.pool.query(
    `SELECT model FROM artefact WHERE account_id = $1 AND consumed_at IS NULL AND expires_at > now()`,
    [account.id],
  );
  expect(rows).toEqual([]);
  expect((await app.refresh(tokens.refresh_token)).status).toBe(400);
  expect((await app.userinfo(tokens.access_token)).status).toBe(401);
  expect((await app.redeem(inHand)).status).toBe(400);
  await waiting.submit({}, { button: 'Autoriser' });
  expect(new URL(waiting.page!.url).origin).toBe(server.issuer);
  expect(waiting.page!.status).not.toBe(200);
  const notice = await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Votre mot de passe a été modifié',
  );
  expect(notice.text).toContain('02 50 53 70 01');
});

// F84
it('writes a hostile name as text, and sends to one address', async () => {
  const account = await server.addAccount({
    givenName: '<img src=x onerror=alert(1)>',
    familyName: 'O"Brien',
  });
  const link = await linkFor(account);
  const [mail] = listLinkMails(server, account.email);
  expect(mail!.to).toEqual([account.email]);
  expect(mail!.subject).toBe(LINK_SUBJECT);
  expect(mail!.html).not.toContain('<img src=x');
  expect(linkIn(mail!.text)).toBe(link);
});
