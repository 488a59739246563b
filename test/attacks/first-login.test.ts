// Ways around the forced change of a provisional password, and around its captcha: catalogue rows F73, F74, F77, F82.
import { decodeJwt } from 'jose';
import { Application } from '../support/application.ts';
import { rightPicture } from '../support/captcha.ts';
import { type Answer, call } from '../support/http-call.ts';
import { cookiesOf, openLoginForm, tryPassword } from '../support/login-attempt.ts';
import { type Fields, type Page, Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const NEW = 'Coquelicot-7!';
const WRONG_CAPTCHA = "L'image choisie n'est pas la bonne";

let server: TestServer;
let replica: { url: string; stop(): Promise<void> };
let app: Application;
let other: Application;
type Fresh = Awaited<ReturnType<TestServer['addNewAccount']>>;

beforeAll(async () => {
  server = await startTestServer({
    IDP_TRUSTED_PROXIES: '127.0.0.1',
    IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '10000',
  });
  replica = await server.addReplica();
  app = await Application.register(server);
  other = await Application.register(server, { client_name: 'Autre' });
});
afterAll(async () => {
  await replica?.stop();
  await server?.stop();
});

/** Signed in with the provisional password, before the form of the change. */
async function beforeChange(): Promise<{ fresh: Fresh; person: Person; uid: string; page: Page }> {
  const fresh = await server.addNewAccount();
  const person = new Person(server.issuer);
  await person.open(app.request().url);
  const page = await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
  expect(page.url).toMatch(/\/first-change$/);
  return { fresh, person, page, uid: /interaction\/([^/]+)/.exec(page.url)![1]! };
}

async function filled(person: Person, fresh: Fresh, changes: Fields = {}): Promise<Fields> {
  return {
    identifier: fresh.identifier,
    currentPassword: fresh.provisionalPassword,
    newPassword: NEW,
    newPasswordConfirmation: NEW,
    captchaChoice: await rightPicture(server, person),
    ...changes,
  };
}

async function expectUnchanged({ id, passwordHash }: Fresh): Promise<void> {
  const { rows } = await server.database.pool.query(
    'SELECT password_hash, provisional_expires_at FROM account WHERE id = $1',
    [id],
  );
  expect(rows[0].password_hash).toBe(passwordHash);
  expect(rows[0].provisional_expires_at).not.toBeNull();
}

const hasCode = (page: Page) => new URL(page.url).searchParams.has('code');

describe('before the change', () => {
  // F73
  it('no other way leads to a code', async () => {
    const { fresh, person, uid } = await beforeChange();
    const ways: [string, () => Promise<Page>][] = [
      ['the dispatcher', () => person.open(`${server.issuer}/interaction/${uid}`)],
      ['a second tab', () => person.open(app.request().url)],
      ['another application', () => person.open(other.request().url)],
      ['prompt=none', () => person.open(app.request({ prompt: 'none' }).url)],
      ['prompt=none of another', () => person.open(other.request({ prompt: 'none' }).url)],
      ['prompt=consent', () => person.open(app.request({ prompt: 'consent' }).url)],
      ['max_age', () => person.open(app.request({ max_age: '100000' }).url)],
      ['a hint', () => person.open(app.request({ login_hint: fresh.identifier }).url)],
      ['the consent page', () => person.open(`${server.issuer}/interaction/${uid}/consent`)],
      ['the back button', () => person.open(`${server.issuer}/interaction/${uid}/password`)],
      ['a lower level', () => person.open(app.request({ acr_values: 'eidas1' }).url)],
    ];
    for (const [name, open] of ways) {
      const page = await open();
      expect({ name, code: hasCode(page) }).toEqual({ name, code: false });
      expect(page.text).not.toContain('Votre changement de mot de passe est effectué');
    }
    expect(person.cookie('idp_session')).toBeUndefined();
    await expectUnchanged(fresh);
  });

  it('the address that takes up a finished login gives nothing', async () => {
    const { fresh, person, uid } = await beforeChange();
    const page = await person.open(`${server.issuer}/auth/${uid}`);
    expect(hasCode(page)).toBe(false);
    expect(page.url).toContain(server.issuer);
    expect(person.cookie('idp_session')).toBeUndefined();
    await expectUnchanged(fresh);
  });

  it('signing in again leads to the change again', async () => {
    const { fresh, person, uid } = await beforeChange();
    await person.open(`${server.issuer}/interaction/${uid}/password`);
    const page = await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
    expect(page.url).toMatch(/\/first-change$/);
  });

  it('posting to the consent grants nothing', async () => {
    const { person, uid } = await beforeChange();
    const answer = await person.request(new URL(`/interaction/${uid}/consent`, server.issuer), {
      method: 'POST',
      headers: { origin: server.issuer },
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`/interaction/${uid}`);
    expect((await person.open(`${server.issuer}/interaction/${uid}`)).url).toMatch(/first-change$/);
  });

  // F77: another branch of the flow.
  it('an account that has its own password cannot use this form', async () => {
    const account = await server.addAccount();
    const form = await openLoginForm(app);
    expect((await tryPassword(form, account.identifier, account.plainPassword)).status).toBe(303);
    const answer = await call(new URL(form.path.replace('password', 'first-change'), server.issuer), {
      form: {
        identifier: account.identifier,
        currentPassword: account.plainPassword,
        newPassword: NEW,
        newPasswordConfirmation: NEW,
      },
      headers: { cookie: form.cookie },
    });
    expect(answer.status).toBe(303);
    const { rows } = await server.database.pool.query('SELECT password_hash FROM account WHERE id = $1', [
      account.id,
    ]);
    expect(rows[0].password_hash).toBe(account.passwordHash);
  });
});

describe('the provisional password', () => {
  // F74
  it('is no new password, in no form of Unicode', async () => {
    const { fresh, person } = await beforeChange();
    const same = fresh.provisionalPassword;
    const page = await person.submit(
      await filled(person, fresh, { newPassword: same, newPasswordConfirmation: same }),
    );
    expect(page.status).toBe(422);
    expect(page.text).toContain("Le nouveau mot de passe doit être différent de l'ancien.");
    await expectUnchanged(fresh);
  });

  it('opens nothing once it was changed', async () => {
    const { fresh, person } = await beforeChange();
    await person.submit(await filled(person, fresh));
    const page = await new Person(server.issuer).open(app.request().url);
    expect(page.status).toBe(200);
    const form = await openLoginForm(app);
    expect((await tryPassword(form, fresh.identifier, fresh.provisionalPassword)).status).toBe(422);
    expect((await tryPassword(form, fresh.identifier, NEW)).status).toBe(303);
  });

  it('that has expired opens nothing, and says so only to who types it right', async () => {
    const fresh = await server.addNewAccount();
    await expire(fresh);
    const form = await openLoginForm(app);
    const right = await tryPassword(form, fresh.identifier, fresh.provisionalPassword);
    expect(right.status).toBe(422);
    expect(right.body).toContain('Votre mot de passe provisoire a expiré');
    const wrong = await tryPassword(form, fresh.identifier, `${fresh.provisionalPassword}x`);
    expect(wrong.status).toBe(422);
    expect(wrong.body).not.toContain('expiré.');
    expect(wrong.body).toContain('Identifiant, mot de passe ou code incorrect.');
    const next = await call(new URL(form.path.replace('/password', ''), server.issuer), {
      headers: { cookie: form.cookie },
    });
    expect(next.headers.location).toBe(form.path);
  });

  it('that expires before the form is sent changes nothing', async () => {
    const { fresh, person } = await beforeChange();
    const fields = await filled(person, fresh);
    await expire(fresh);
    const page = await person.submit(fields);
    expect(hasCode(page)).toBe(false);
    expect(page.text).not.toContain('effectué');
    await expectUnchanged(fresh);
  });

  it('typed in two browsers is changed in one, and the other starts again', async () => {
    const { fresh, person } = await beforeChange();
    const second = new Person(server.issuer);
    await second.open(app.request().url);
    await second.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
    const late = await filled(second, fresh, {
      newPassword: 'Marguerite-8!',
      newPasswordConfirmation: 'Marguerite-8!',
    });

    await person.submit(await filled(person, fresh));
    const page = await second.submit(late);
    expect(hasCode(page)).toBe(false);
    expect(page.text).not.toContain('effectué');
    const form = await openLoginForm(app);
    expect((await tryPassword(form, fresh.identifier, 'Marguerite-8!')).status).toBe(422);
    expect((await tryPassword(form, fresh.identifier, NEW)).status).toBe(303);
  });
});

describe('the form', () => {
  it('tells everything that is wrong at once, keeps what is no secret, and gives no secret back', async () => {
    const { fresh, person } = await beforeChange();
    const page = await person.submit({
      identifier: '<b>"personne\'',
      currentPassword: '',
      newPassword: 'éàè',
      newPasswordConfirmation: 'autre-secret',
      captchaChoice: undefined,
    });
    expect(page.status).toBe(422);
    for (const sentence of [
      'Renseignez votre ancien mot de passe.',
      'La longueur minimum du mot de passe est de 8',
      'Le mot de passe doit comporter au minimum 1 caractère(s) numérique(s).',
      'Le mot de passe doit comporter au minimum 1 méta-caractère(s) (!@#$%^&).',
      'Les deux saisies ne sont pas identiques.',
      "Choisissez l'image qui n'est pas comme les autres.",
    ]) {
      expect(page.text.replaceAll('\u00a0', ' ')).toContain(sentence);
    }
    expect(page.body).toContain('value="&lt;b&gt;&quot;personne');
    expect(page.body).not.toContain('<b>');
    for (const secret of ['éàè', 'autre-secret', fresh.provisionalPassword])
      expect(page.body).not.toContain(secret);
    await expectUnchanged(fresh);
  });

  it('gives no secret back when only the captcha, or « Autre choix », was wrong', async () => {
    const { fresh, person } = await beforeChange();
    const wrong = String((Number(await rightPicture(server, person)) + 1) % 5);
    const page = await person.submit(await filled(person, fresh, { captchaChoice: wrong }));
    expect(page.text).toContain(WRONG_CAPTCHA);
    const renewed = await person.submit(await filled(person, fresh), { button: 'Autre choix' });
    expect(renewed.status).toBe(200);
    for (const { body } of [page, renewed]) {
      expect(body).not.toContain(fresh.provisionalPassword);
      expect(body).not.toContain(NEW);
      expect(body).toContain(`value="${fresh.identifier}"`);
    }
    await expectUnchanged(fresh);
  });

  it.each([
    ['of another account', async () => (await server.addAccount()).identifier],
    ['of another fresh account', async () => (await server.addNewAccount()).identifier],
    ['of nobody', async () => 'personne-du-tout'],
  ])('refuses the identifier %s', async (_whose, identifier) => {
    const { fresh, person } = await beforeChange();
    const page = await person.submit(await filled(person, fresh, { identifier: await identifier() }));
    expect(page.status).toBe(422);
    expect(page.text).toMatch(/incorrect\./);
    await expectUnchanged(fresh);
  });

  it('refuses a wrong old password, counts it, and then makes the right one wait', async () => {
    const { fresh, person } = await beforeChange();
    for (let n = 0; n < 3; n++) {
      const page = await person.submit(await filled(person, fresh, { currentPassword: `wrong${n}` }));
      expect(page.status).toBe(422);
      expect(page.text).toMatch(/incorrect\./);
    }
    const page = await person.submit(await filled(person, fresh));
    expect(page.status).toBe(429);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(page.text).toMatch(/Trop de tentatives\. Réessayez dans/);
    await expectUnchanged(fresh);
  });

  it.each([
    ['129 characters', `${'a'.repeat(126)}1!x`],
    ['a control character', 'Coque\tlicot-7!'],
    ['a common one', 'Password1!'],
    ['one made of the identifier', undefined],
    ['only spaces around', '        '],
  ])('refuses a new password of %s', async (_what, text) => {
    const { fresh, person } = await beforeChange();
    const newPassword = text ?? `${fresh.identifier}-1!`;
    const page = await person.submit(
      await filled(person, fresh, { newPassword, newPasswordConfirmation: newPassword }),
    );
    expect(page.status).toBe(422);
    await expectUnchanged(fresh);
  });
});

// F82
describe('the captcha', () => {
  const send = (person: Person, page: Page, fields: Fields, at = server.issuer): Promise<Answer> => {
    const { data } = person.fill(fields);
    return call(new URL(new URL(page.url).pathname, at), {
      form: data,
      headers: { host: new URL(server.issuer).host, cookie: cookiesOf(person), accept: 'text/html' },
    });
  };

  it.each([
    ['none', { captchaChoice: undefined, captchaId: undefined }],
    ['an empty choice', { captchaChoice: '' }],
    ['an empty name', { captchaId: '' }],
    ['an unknown name', { captchaId: 'A'.repeat(22) }],
    ['a choice that is no number', { captchaChoice: 'x' }],
    ['a sixth picture', { captchaChoice: '5' }],
    ['a negative one', { captchaChoice: '-1' }],
    ['all', { captchaChoice: '0,1,2,3,4' }],
    ['SQL', { captchaId: "' OR 1=1 --" }],
    ['an invented proof', { altcha: Buffer.from('{"challenge":{},"solution":{}}').toString('base64') }],
    ['a proof that is none', { altcha: 'x' }],
  ])('is not passed by %s', async (_what, changes) => {
    const { fresh, person } = await beforeChange();
    const page = await person.submit(await filled(person, fresh, changes));
    expect(page.status).toBe(422);
    expect(page.body).toContain('id="captcha-error"');
    await expectUnchanged(fresh);
  });

  it('has one attempt: after a wrong picture the right one comes too late', async () => {
    const { fresh, person, page } = await beforeChange();
    const right = await filled(person, fresh);
    const wrong = { ...right, captchaChoice: String((Number(right.captchaChoice) + 1) % 5) };
    expect((await send(person, page, wrong)).body).toContain('captcha-error');
    expect((await send(person, page, right)).body).toContain('captcha-error');
    await expectUnchanged(fresh);
  });

  it('is spent by a right answer whose form was wrong otherwise', async () => {
    const { fresh, person, page } = await beforeChange();
    const fields = await filled(person, fresh, { newPassword: 'court', newPasswordConfirmation: 'court' });
    expect((await send(person, page, fields)).body).not.toContain('captcha-error');
    expect((await send(person, page, fields)).body).toContain('captcha-error');
  });

  it('of another browser is not ours', async () => {
    const { fresh, person } = await beforeChange();
    const stranger = new Person(server.issuer);
    const shown = await stranger.request(new URL('/captcha/choice?form=first-change', server.issuer));
    const { captchaId } = (await shown.json()) as { captchaId: string };
    const page = await person.submit(
      await filled(person, fresh, { captchaId, captchaChoice: await answerOf(captchaId) }),
    );
    expect(page.text).toContain(WRONG_CAPTCHA);
    await expectUnchanged(fresh);
  });

  it('of another form is not this one', async () => {
    const { fresh, person } = await beforeChange();
    const shown = await person.request(new URL('/captcha/choice?form=forgot', server.issuer));
    const { captchaId } = (await shown.json()) as { captchaId: string };
    const page = await person.submit(
      await filled(person, fresh, { captchaId, captchaChoice: await answerOf(captchaId) }),
    );
    expect(page.text).toContain(WRONG_CAPTCHA);
  });

  it('that has expired is refused', async () => {
    const { fresh, person } = await beforeChange();
    const fields = await filled(person, fresh);
    await server.database.pool.query(`UPDATE captcha SET expires_at = now() - interval '1 second'`);
    expect((await person.submit(fields)).text).toContain(WRONG_CAPTCHA);
    await expectUnchanged(fresh);
  });

  it('counts once of fifty at once, on two instances', async () => {
    const { fresh, person, page } = await beforeChange();
    const fields = await filled(person, fresh, { newPassword: 'court', newPasswordConfirmation: 'court' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => send(person, page, fields, n % 2 ? replica.url : server.issuer)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(422));
    expect(answers.filter(({ body }) => !body.includes('captcha-error'))).toHaveLength(1);
  });
});

// F78 for the forced change
it('of twenty changes at once, on two instances, exactly one is made, told and mailed', async () => {
  const { fresh, person, page } = await beforeChange();
  const forms = [];
  for (let n = 0; n < 20; n++) {
    const shown = await person.request(new URL('/captcha/choice?form=first-change', server.issuer));
    const { captchaId } = (await shown.json()) as { captchaId: string };
    const newPassword = `Coquelicot-${n}!`;
    const fields = {
      identifier: fresh.identifier,
      currentPassword: fresh.provisionalPassword,
      newPassword,
      newPasswordConfirmation: newPassword,
      captchaId,
      captchaChoice: await answerOf(captchaId),
    };
    forms.push({ newPassword, data: person.fill(fields).data });
  }
  const answers = await Promise.all(
    forms.map(({ data }, n) =>
      call(new URL(new URL(page.url).pathname, n % 2 ? replica.url : server.issuer), {
        form: data,
        headers: { host: new URL(server.issuer).host, cookie: cookiesOf(person), accept: 'text/html' },
      }),
    ),
  );
  for (const { status } of answers) expect([303, 422, 429]).toContain(status);
  const told = answers.filter(({ headers }) => headers.location?.endsWith('/first-change'));
  expect(told).toHaveLength(1);

  const { rows } = await server.database.pool.query(
    `SELECT password_hash, (SELECT count(*)::int FROM audit WHERE account_id = account.id AND event = 'password.changed') AS changes,
       (SELECT count(*)::int FROM mail WHERE account_id = account.id AND template = 'password-changed') AS mails
     FROM account WHERE id = $1`,
    [fresh.id],
  );
  expect(rows[0]).toMatchObject({ changes: 1, mails: 1 });
  const fitting = [];
  for (const { newPassword } of forms) {
    if (await server.app.hasher.verify(rows[0].password_hash, newPassword)) fitting.push(newPassword);
  }
  expect(fitting).toHaveLength(1);

  // Whoever made the change goes on with it.
  const confirmation = await person.open(page.url);
  expect(confirmation.text).toContain('Votre changement de mot de passe est effectué.');
});

it('the change, once made, leads to the application with one mail and one session', async () => {
  const { fresh, person } = await beforeChange();
  const page = await person.submit(await filled(person, fresh));
  expect(page.text).toContain('Votre changement de mot de passe est effectué.');
  expect(page.headers.get('cache-control')).toContain('no-store');
  const mail = await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(fresh.email) && /modifi|chang/i.test(subject),
  );
  expect(mail.text).not.toContain(NEW);
  expect(mail.raw).not.toContain(fresh.provisionalPassword);

  const link = /class="button" href="([^"]+)"/.exec(page.body)![1]!;
  const callback = await person.open(server.issuer + link);
  expect(hasCode(callback)).toBe(true);
  // Pressing « Continuer » or « Précédent » again shows nobody's data.
  const again = await person.open(server.issuer + link);
  expect(again.status).toBe(400);
  expect(again.text).not.toContain(fresh.identifier);

  const { id_token } = await app.signIn(person);
  expect(decodeJwt(id_token)).toMatchObject({ sub: fresh.id, amr: ['pwd'], acr: 'eidas1' });
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM mail WHERE account_id = $1 AND template = 'password-changed'`,
    [fresh.id],
  );
  expect(rows[0].n).toBe(1);
  expect(server.mail.messages.filter(({ messageId }) => messageId === mail.messageId)).toHaveLength(1);
});

async function answerOf(captchaId: string): Promise<string> {
  const { rows } = await server.database.pool.query('SELECT answer FROM captcha WHERE id = $1', [captchaId]);
  return String(rows[0].answer);
}

async function expire({ id }: Fresh): Promise<void> {
  await server.database.pool.query(
    `UPDATE account SET provisional_expires_at = now() - interval '1 second' WHERE id = $1`,
    [id],
  );
}
