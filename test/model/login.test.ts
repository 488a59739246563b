// Any order of pages, tabs, wrong, right, repeated and empty submissions: nobody gets a code for the application without every factor
// that the request, or the account, demands. Attacks catalogue D; the rules themselves are in test/domain/login-flow.
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { Application } from '../support/application.ts';
import { codeOf, DEMANDS_STRONG, enrol, forgetUsedCodes } from '../support/authenticator.ts';
import { Person } from '../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

/** Where the races are another's, fewer do. */
const RUNS = process.env.TEST_DATABASE_URL === undefined ? 5_000 : 1_000;
const LINES = 4;
const LONGEST = 7;
/** Tries that are wrong must not make anybody wait. */
const PATIENT = {
  IDP_LOGIN_WAIT_FROM: '100',
  IDP_LOGIN_FAILURES_PER_DAY: '10000',
  IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '100000',
};
const CHEAP = { memoryCost: 1024, timeCost: 2 };

type Kind = 'strong' | 'bare' | 'demanding' | 'provisional' | 'locked';
type Actor = {
  kind: Kind;
  id: string;
  identifier: string;
  password: string;
  secret: string | undefined;
  recoveryCodes: string[];
};
/** What was shown for whom in one login. */
type Shown = { passwords: Set<string>; codes: Set<string> };
type Move =
  | { do: 'open'; page: string }
  | { do: 'password' | 'strong'; as: number; isRight: boolean }
  | { do: 'code' | 'recovery'; as: number; isRight: boolean }
  | { do: 'enrol'; isRight: boolean }
  | { do: 'empty' | 'again'; page: string }
  | { do: 'resume' };

const PAGES = [
  '',
  '/password',
  '/strong',
  '/otp',
  '/recovery',
  '/enrol',
  '/first-change',
  '/consent',
  '/passkey',
];
const page = fc.constantFrom(...PAGES);
// Mostly the same person, in the same tab.
const as = fc.constantFrom(0, 0, 0, 1);
const isRight = fc.boolean();
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ do: fc.constant('open' as const), page }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('password' as const, 'strong' as const), as, isRight }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('code' as const, 'recovery' as const), as, isRight }),
  },
  fc.record({ do: fc.constant('enrol' as const), isRight }),
  fc.record({ do: fc.constantFrom('empty' as const, 'again' as const), page }),
  fc.record({ do: fc.constant('resume' as const) }),
);
const story = fc.record({
  demand: fc.constantFrom({}, { acr_values: 'eidas2' }, DEMANDS_STRONG, { prompt: 'login', max_age: '0' }),
  pair: fc.nat(),
  moves: fc.array(fc.record({ tab: fc.constantFrom(0, 0, 0, 1), move }), {
    minLength: 1,
    maxLength: LONGEST,
  }),
});

let server: TestServer;
let app: Application;

beforeAll(async () => {
  server = await startTestServer(PATIENT, undefined, CHEAP);
  app = await Application.register(server);
});
afterAll(() => server.stop());

async function makeActor(kind: Kind): Promise<Actor> {
  const account = kind === 'provisional' ? await server.addNewAccount() : await server.addAccount();
  const password = 'provisionalPassword' in account ? account.provisionalPassword : PASSWORD;
  const hasSecret = kind === 'strong' || kind === 'demanding' || kind === 'locked';
  const factors = hasSecret ? await enrol(server, account) : undefined;
  const { pool } = server.database;
  if (kind === 'demanding')
    await pool.query(`UPDATE account SET minimum_acr = 'eidas2' WHERE id = $1`, [account.id]);
  if (kind === 'locked') await pool.query('UPDATE account SET locked_at = now() WHERE id = $1', [account.id]);
  const { id, identifier } = account;
  return {
    kind,
    id,
    identifier,
    password: String(password),
    secret: factors?.secret,
    recoveryCodes: factors?.recoveryCodes ?? [],
  };
}

const post = (fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
});

/** One browser with two tabs. Ends with the first code for the application, which is then examined. */
async function play(
  { demand, pair, moves }: typeof story extends fc.Arbitrary<infer S> ? S : never,
  actors: Actor[],
) {
  const person = new Person(server.issuer);
  const cast = [
    actors[pair % actors.length]!,
    actors[(pair + 1 + (pair % (actors.length - 1))) % actors.length]!,
  ];
  const tabs: { uid: string; verifier: string; shown: Shown; last: Parameters<typeof post>[0] }[] = [];

  for (const { tab, move } of moves) {
    while (tabs.length <= tab) {
      const { url, verifier } = app.request(demand);
      await person.open(url);
      const uid = /\/interaction\/([^/]+)/.exec(person.page!.url)![1]!;
      tabs.push({ uid, verifier, shown: { passwords: new Set(), codes: new Set() }, last: {} });
    }
    const here = tabs[tab]!;
    await makeMove(person, here, move, cast);
    const code = new URL(person.page!.url).searchParams.get('code');
    if (person.page!.status >= 500) throw new Error(`a fault after ${JSON.stringify(move)}`);
    if (code === null) continue;
    await examine(code, here, demand, actors);
    return true;
  }
  return false;
}

async function listFactors(cast: Actor[]): Promise<{ id: string; account_id: string }[]> {
  const ids = cast.map(({ id }) => id);
  const text = 'SELECT id, account_id FROM authenticator WHERE account_id = ANY ($1)';
  return (await server.database.pool.query(text, [ids])).rows;
}

async function makeMove(
  person: Person,
  here: { uid: string; shown: Shown; last: Record<string, string> },
  move: Move,
  cast: Actor[],
): Promise<void> {
  const at = (path: string) => `${server.issuer}/interaction/${here.uid}${path}`;
  const send = (path: string, fields: Record<string, string>) => {
    here.last = fields;
    return person.open(at(path), post(fields));
  };
  switch (move.do) {
    case 'open':
      return void (await person.open(at(move.page)));
    case 'empty':
      return void (await send(move.page, {}));
    case 'again':
      return void (await send(move.page, here.last));
    case 'resume':
      return void (await person.open(`${server.issuer}/auth/${here.uid}`));
    case 'enrol': {
      await person.open(at('/enrol'));
      // Added before: that was the end of this login.
      if (new URL(person.page!.url).searchParams.has('code')) return;
      const key = /class="key"><code>([^<]+)</.exec(person.page!.body)?.[1]?.replaceAll(' ', '');
      const before = new Set((await listFactors(cast)).map(({ id }) => id));
      await send('/enrol', { code: key && move.isRight ? codeOf(key) : '000000' });
      // Only somebody whose password was shown in this login gets a second factor, and has shown a code of it.
      for (const { id, account_id: whose } of await listFactors(cast)) {
        if (before.has(id)) continue;
        expect([...here.shown.passwords]).toContain(whose);
        here.shown.codes.add(whose);
      }
      return;
    }
    case 'password':
    case 'strong': {
      const { id, identifier, password } = cast[move.as]!;
      if (move.isRight) here.shown.passwords.add(id);
      return void (await send(`/${move.do}`, {
        identifier,
        password: move.isRight ? password : 'faux-1!aa',
      }));
    }
    case 'code': {
      const { id, secret } = cast[move.as]!;
      if (secret) await forgetUsedCodes(server, { id });
      if (secret && move.isRight) here.shown.codes.add(id);
      return void (await send('/otp', { code: secret && move.isRight ? codeOf(secret) : '000000' }));
    }
    case 'recovery': {
      const { id, recoveryCodes } = cast[move.as]!;
      const right = move.isRight ? recoveryCodes[0] : undefined;
      if (right) here.shown.codes.add(id);
      await server.database.pool.query('UPDATE recovery_code SET used_at = NULL WHERE account_id = $1', [id]);
      return void (await send('/recovery', { recoveryCode: right ?? '7m2k-9qwx-4c0tz' }));
    }
  }
}

/** The code is worth tokens of somebody whose every factor was shown in this login. */
async function examine(
  code: string,
  { verifier, shown }: { verifier: string; shown: Shown },
  demand: object,
  actors: Actor[],
): Promise<void> {
  const tokens = (await app.redeem({ code, verifier })).json() as { id_token?: string };
  if (!tokens.id_token) throw new Error('a code without tokens');
  const { sub, acr } = decodeJwt(tokens.id_token);
  const actor = actors.find(({ id }) => id === sub)!;
  const isDemanded = actor.kind === 'demanding' || 'acr_values' in demand || 'claims' in demand;
  expect(['strong', 'bare', 'demanding']).toContain(actor.kind);
  expect([...shown.passwords]).toContain(sub);
  if (isDemanded || acr !== 'eidas1') expect([...shown.codes]).toContain(sub);
  if (isDemanded) expect(acr).toBe('eidas2');
}

it(`gives no code without every factor, in ${RUNS} orders`, async () => {
  const finished = await Promise.all(
    Array.from({ length: LINES }, async () => {
      const actors: Actor[] = [];
      for (const kind of ['strong', 'bare', 'demanding', 'provisional', 'locked'] as const)
        actors.push(await makeActor(kind));
      let codes = 0;
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(story, async (told) => {
          if (await play(told, actors)) codes++;
          runs++;
          // Nobody waits for what was wrong in another story, nor keeps what was added in one.
          if (runs % 10 === 0) await server.database.pool.query('DELETE FROM throttle');
          await server.database.pool.query('DELETE FROM authenticator WHERE account_id = $1', [
            actors[1]!.id,
          ]);
        }),
        { numRuns: RUNS / LINES },
      );
      return codes;
    }),
  );
  // The stories do get somewhere.
  for (const codes of finished) expect(codes).toBeGreaterThan(RUNS / LINES / 50);
}, 900_000);
