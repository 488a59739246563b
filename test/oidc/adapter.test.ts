// The storage contract of the provider library, on whichever database the tests run, with two pools as two processes.
import { randomUUID } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { createSecretKey } from '../../src/crypto/secret-key.ts';
import { artefacts } from '../../src/db/artefact.ts';
import { clients } from '../../src/db/client.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { endArtefactsOf } from '../../src/db/end-artefacts.ts';
import { createAdapter } from '../../src/oidc/adapter.ts';
import { requestWrites } from '../../src/oidc/request-writes.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
let second: Database;
let adapterOf: (model: string) => Adapter;
let adapterOfSecond: (model: string) => Adapter;

function adapterOn(database: Database): (model: string) => Adapter {
  const stored = artefacts(database);
  const key = createSecretKey([Buffer.alloc(32, 1)]);
  return createAdapter(stored, clients(database, key), requestWrites(stored));
}

beforeAll(async () => {
  test = await openTestDatabase();
  second = openDatabase({ connection: test.connection, prepared: test.prepared, onError: () => undefined });
  adapterOf = adapterOn(test.database);
  adapterOfSecond = adapterOn(second);
});
afterAll(async () => {
  await second.close();
  await test.close();
});

const TOKENS = [
  'AccessToken',
  'AuthorizationCode',
  'RefreshToken',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
];
const MODELS = [
  ...TOKENS,
  'Session',
  'Interaction',
  'Grant',
  'ReplayDetection',
  'PushedAuthorizationRequest',
  'InitialAccessToken',
  'RegistrationAccessToken',
  'ClientCredentials',
];
const inOneHour = () => Math.floor(Date.now() / 1000) + 3600;
const payload = (extra: Partial<AdapterPayload> = {}): AdapterPayload => ({
  iat: 1,
  exp: inOneHour(),
  kind: 'x',
  ...extra,
});
const age = (seconds: number) =>
  test.database.pool.query('UPDATE artefact SET expires_at = expires_at - make_interval(secs => $1)', [
    seconds,
  ]);

describe.each(MODELS)('%s', (model) => {
  it('is found as it was stored', async () => {
    const id = randomUUID();
    const stored = payload({
      scope: 'openid',
      claims: { id_token: { acr: null } },
      nonce: 'é ☃ "\\u0000" \'; --',
    } as AdapterPayload);
    await adapterOf(model).upsert(id, { ...stored, jti: id }, 60);
    expect(await adapterOf(model).find(id)).toEqual({ ...stored, jti: id });
    expect(await adapterOfSecond(model).find(id)).toEqual({ ...stored, jti: id });
  });

  it('is not found when it was never stored, nor under the name of another model', async () => {
    const id = randomUUID();
    expect(await adapterOf(model).find(id)).toBeUndefined();
    await adapterOf(model === 'Session' ? 'Interaction' : 'Session').upsert(id, payload({ jti: id }), 60);
    expect(await adapterOf(model).find(id)).toBeUndefined();
  });

  it('is not found once it has expired, purged or not', async () => {
    const id = randomUUID();
    await adapterOf(model).upsert(id, payload({ jti: id }), 60);
    await age(61);
    expect(await adapterOf(model).find(id)).toBeUndefined();
  });

  it('is not found once destroyed, and destroying twice is nothing', async () => {
    const id = randomUUID();
    await adapterOf(model).upsert(id, payload({ jti: id }), 60);
    await adapterOf(model).destroy(id);
    await adapterOf(model).destroy(id);
    expect(await adapterOf(model).find(id)).toBeUndefined();
  });
});

it('keeps for ever what has no lifetime', async () => {
  const id = randomUUID();
  await adapterOf('InitialAccessToken').upsert(
    id,
    { kind: 'InitialAccessToken', jti: id } as AdapterPayload,
    undefined as never,
  );
  await age(1_000_000);
  expect(await adapterOf('InitialAccessToken').find(id)).toMatchObject({ jti: id });
});

it('finds a session by its uid, which outlives its id', async () => {
  const [id, nextId, uid] = [randomUUID(), randomUUID(), randomUUID()];
  const sessions = adapterOf('Session');
  await sessions.upsert(id, payload({ jti: id, uid, accountId: randomUUID() }), 60);
  expect(await sessions.findByUid(uid)).toMatchObject({ uid });
  await artefacts(test.database).releaseSessionId(id);
  expect(await sessions.findByUid(uid)).toBeUndefined();
  await sessions.upsert(nextId, payload({ jti: nextId, uid }), 60);
  expect(await sessions.findByUid(uid)).toMatchObject({ uid });
});

it('finds a device code by what the person types', async () => {
  const [id, userCode] = [randomUUID(), randomUUID()];
  await adapterOf('DeviceCode').upsert(id, payload({ jti: id, userCode }), 60);
  expect(await adapterOf('DeviceCode').findByUserCode(userCode)).toMatchObject({ userCode });
  expect(await adapterOf('DeviceCode').findByUserCode('nothing')).toBeUndefined();
});

it('replaces what it is found by as well as what it holds', async () => {
  const [id, uid, otherUid] = [randomUUID(), randomUUID(), randomUUID()];
  await adapterOf('Session').upsert(id, payload({ jti: id, uid }), 60);
  await adapterOf('Session').upsert(id, payload({ jti: id, uid: otherUid }), 60);
  expect(await adapterOf('Session').findByUid(uid)).toBeUndefined();
  expect(await adapterOf('Session').findByUid(otherUid)).toMatchObject({ uid: otherUid });
});

it.each(TOKENS)('revokes every %s of a grant, and none of another', async (model) => {
  const [id, other, grantId] = [randomUUID(), randomUUID(), randomUUID()];
  await adapterOf(model).upsert(id, payload({ jti: id, grantId }), 60);
  await adapterOf(model).upsert(other, payload({ jti: other, grantId: randomUUID() }), 60);
  await adapterOf(model).revokeByGrantId(grantId);
  expect(await adapterOf(model).find(id)).toBeUndefined();
  expect(await adapterOf(model).find(other)).toBeDefined();
});

it.each(['AuthorizationCode', 'RefreshToken', 'DeviceCode'])(
  'lets one of 50 parallel uses of a %s through',
  async (model) => {
    for (let round = 0; round < 5; round++) {
      const [id, grantId] = [randomUUID(), randomUUID()];
      await adapterOf(model).upsert(id, payload({ jti: id, grantId }), 60);
      const uses = Array.from({ length: 50 }, (_, n) =>
        (n % 2 ? adapterOf : adapterOfSecond)(model).consume(id),
      );
      const results = await Promise.allSettled(uses);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refusals = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason.error] : [],
      );
      expect(new Set(refusals)).toEqual(new Set(['invalid_grant']));
    }
  },
);

it('revokes what the winner obtained when a code is used again', async () => {
  const [code, token, grantId] = [randomUUID(), randomUUID(), randomUUID()];
  await adapterOf('Grant').upsert(grantId, payload({ jti: grantId }), 60);
  await adapterOf('AuthorizationCode').upsert(code, payload({ jti: code, grantId }), 60);
  await adapterOf('AuthorizationCode').consume(code);
  await adapterOf('AccessToken').upsert(token, payload({ jti: token, grantId }), 60);
  await expect(adapterOfSecond('AuthorizationCode').consume(code)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  expect(await adapterOf('AccessToken').find(token)).toBeUndefined();
  expect(await adapterOf('Grant').find(grantId)).toBeUndefined();
});

it('tells that a code was used', async () => {
  const id = randomUUID();
  await adapterOf('AuthorizationCode').upsert(id, payload({ jti: id, grantId: randomUUID() }), 60);
  await adapterOf('AuthorizationCode').consume(id);
  expect(await adapterOf('AuthorizationCode').find(id)).toMatchObject({ consumed: true });
});

it('takes a replay mark once of 50 parallel tries, and again after its time', async () => {
  const id = randomUUID();
  const mark = (n: number) =>
    (n % 2 ? adapterOf : adapterOfSecond)('ReplayDetection').upsert(id, payload({ jti: id }), 60);
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => mark(n)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { error: 'invalid_client' },
  });
  await age(61);
  await expect(mark(0)).resolves.toBeUndefined();
});

it('keeps the applications that parallel requests of one session add', async () => {
  const [id, uid, accountId] = [randomUUID(), randomUUID(), randomUUID()];
  await adapterOf('Session').upsert(id, payload({ jti: id, uid, accountId }), 60);
  const add = (n: number) =>
    (n % 2 ? adapterOf : adapterOfSecond)('Session').upsert(
      id,
      payload({ jti: id, uid, accountId, authorizations: { [`client${n}`]: { sid: `s${n}` } } }),
      60,
    );
  await Promise.all(Array.from({ length: 10 }, (_, n) => add(n)));
  const session = await adapterOf('Session').find(id);
  expect(Object.keys((session as AdapterPayload).authorizations!)).toHaveLength(10);
});

it.each(['Session', 'Interaction'])('does not bring an ended %s back to life', async (model) => {
  const id = randomUUID();
  await adapterOf(model).upsert(id, payload({ jti: id, uid: randomUUID() }), 60);
  await adapterOf(model).destroy(id);
  await adapterOfSecond(model).upsert(id, payload({ jti: id, uid: randomUUID() }), 60);
  expect(await adapterOf(model).find(id)).toBeUndefined();
});

it('refuses text that no database stores, and only the row that holds it', async () => {
  const interactions = adapterOf('Interaction');
  const good = Array.from({ length: 20 }, () => randomUUID());
  const bad = ['\0', 'a\0b', '\ud800', '\udfff'].map((state) =>
    interactions.upsert(randomUUID(), payload({ params: { state } as never }), 60),
  );
  const stored = Promise.all(good.map((id) => interactions.upsert(id, payload({ jti: id }), 60)));
  for (const result of await Promise.allSettled(bad)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { error: 'invalid_request' } });
  }
  await stored;
  for (const id of good) expect(await interactions.find(id)).toBeDefined();
});

it('fails a row that breaks a rule of the table without failing its neighbours', async () => {
  const [uid, first] = [randomUUID(), randomUUID()];
  await adapterOf('Session').upsert(first, payload({ jti: first, uid }), 60);
  const ids = Array.from({ length: 10 }, () => randomUUID());
  const clash = adapterOf('Session').upsert(randomUUID(), payload({ uid }), 60);
  const others = ids.map((id) =>
    adapterOf('Session').upsert(id, payload({ jti: id, uid: randomUUID() }), 60),
  );
  await expect(clash).rejects.toMatchObject({ name: 'SessionNotFound' });
  await Promise.all(others);
  for (const id of ids) expect(await adapterOf('Session').find(id)).toBeDefined();
});

it('stores nothing that opens anything', async () => {
  const secrets = Array.from({ length: 4 }, () => `secret-${randomUUID()}`);
  for (const [n, model] of ['AccessToken', 'AuthorizationCode', 'RefreshToken', 'Session'].entries()) {
    await adapterOf(model).upsert(secrets[n]!, payload({ jti: secrets[n]! }), 60);
  }
  await adapterOf('Interaction').upsert(
    randomUUID(),
    payload({ session: { accountId: randomUUID(), uid: 'u', cookie: secrets[3] } } as never),
    60,
  );
  const { rows } = await test.database.pool.query('SELECT artefact::text AS line FROM artefact');
  for (const secret of secrets) expect(rows.some(({ line }) => line.includes(secret))).toBe(false);
});

it('keeps a waiting login when the grant of the session it began in is revoked', async () => {
  const [id, grantId] = [randomUUID(), randomUUID()];
  await adapterOf('Interaction').upsert(id, payload({ jti: id, grantId }), 60);
  await adapterOf('AccessToken').revokeByGrantId(grantId);
  expect(await adapterOf('Interaction').find(id)).toMatchObject({ grantId });
});

it('ends a session for good, also while it is being given a new id', async () => {
  for (const when of ['before', 'between', 'after'] as const) {
    const [oldId, newId, uid] = [randomUUID(), randomUUID(), randomUUID()];
    const sessions = artefacts(test.database);
    const save = (id: string) => adapterOfSecond('Session').upsert(id, payload({ jti: id, uid }), 60);
    await save(oldId);
    if (when === 'before') await adapterOf('Session').destroy(oldId);
    await sessions.releaseSessionId(oldId);
    if (when === 'between') await adapterOf('Session').destroy(oldId);
    const renamed = await save(newId).then(
      () => true,
      () => false,
    );
    if (when === 'after') await adapterOf('Session').destroy(oldId);
    expect({ when, renamed }).toEqual({ when, renamed: when === 'after' });
    expect(await adapterOf('Session').find(newId)).toBeUndefined();
    expect(await adapterOf('Session').findByUid(uid)).toBeUndefined();
  }
});

it('ends all that an account has, also a session that is being given a new id, but for what is kept', async () => {
  const accountId = randomUUID();
  const [kept, renamed, plain] = ['kept', 'renamed', 'plain'].map((name) => ({
    id: randomUUID(),
    uid: `${name}-${randomUUID()}`,
  }));
  for (const { id, uid } of [kept!, renamed!, plain!]) {
    await adapterOf('Session').upsert(id, payload({ jti: id, uid, accountId }), 60);
  }
  const [token, keptToken, interaction] = [randomUUID(), randomUUID(), randomUUID()];
  await adapterOf('AccessToken').upsert(
    token,
    payload({ jti: token, accountId, sessionUid: plain!.uid }),
    60,
  );
  await adapterOf('AccessToken').upsert(
    keptToken,
    payload({ jti: keptToken, accountId, sessionUid: kept!.uid }),
    60,
  );
  await adapterOf('Interaction').upsert(interaction, payload({ jti: interaction, accountId }), 60);
  await artefacts(test.database).releaseSessionId(renamed!.id);
  await test.database.transaction((transaction) =>
    endArtefactsOf(transaction, accountId, { sessionUid: kept!.uid }),
  );

  const newId = randomUUID();
  await expect(
    adapterOf('Session').upsert(newId, payload({ jti: newId, uid: renamed!.uid, accountId }), 60),
  ).rejects.toBeDefined();
  expect(await adapterOf('Session').find(plain!.id)).toBeUndefined();
  expect(await adapterOf('Interaction').find(interaction)).toBeUndefined();
  expect(await adapterOf('AccessToken').find(token)).toBeUndefined();
  expect(await adapterOf('Session').find(kept!.id)).toBeDefined();
  expect(await adapterOf('AccessToken').find(keptToken)).toBeDefined();
});
