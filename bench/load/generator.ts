// The load generator, a process of its own: plays people and their applications against one server, whose sessions it
// makes itself by signing in. Started by parts/*.ts through child-process.ts.
import { generateSync } from 'otplib';
import { answerQuestions } from '../answer-questions.ts';
import { Application, type ApplicationOptions, type Tokens } from './application.ts';
import { type HttpClient, openHttpClient } from './http-client.ts';
import { type Account, Person } from './person.ts';
import { type Load, runAtOnce } from './run-at-once.ts';

/** `visit`: as far as the login page. */
export type Scenario = 'signed-in' | 'visit' | 'login' | 'strong-login' | 'refresh';

export type Target = {
  /** Origin; 127.0.0.1. */
  issuer: string;
  /** With refresh tokens and without. */
  refreshing: ApplicationOptions;
  plain: ApplicationOptions;
  accounts: Account[];
};

type World = Target & {
  client: HttpClient;
  plainApplication: Application;
  refreshingApplication: Application;
  people: Person[];
  /** The latest refresh token of each line. */
  tokens: Tokens[];
  logins: number;
  /** Of the newest code that each account has used, by its number. */
  steps: number[];
};

const worlds = new Map<string, World>();
const MOST_LOGINS_AT_ONCE = 4;
/** Seconds. */
const STEP = 30;

function worldOf(target: Target): World {
  const known = worlds.get(target.issuer);
  if (known) return known;
  const client = openHttpClient(target.issuer);
  const world: World = {
    ...target,
    client,
    plainApplication: new Application(client, target.plain),
    refreshingApplication: new Application(client, target.refreshing),
    people: [],
    tokens: [],
    logins: 0,
    steps: [],
  };
  worlds.set(target.issuer, world);
  return world;
}

/** A new browser of the next account, signed in. */
async function signIn(world: World, application: Application): Promise<{ person: Person; tokens: Tokens }> {
  const account = world.accounts[world.logins++ % world.accounts.length]!;
  const person = new Person(world.client, account);
  const request = application.begin(account.identifier);
  return { person, tokens: await application.redeem(await person.signIn(application, request), request) };
}

/** A code that the account has not used: of this step or the next, which is taken too, and so is one that gets old on the way. */
function nextCode({ steps }: World, index: number, secret: string): string {
  const now = Math.floor(Date.now() / 1000 / STEP);
  const step = Math.max((steps[index] ?? 0) + 1, now);
  if (step > now + 1) throw new Error('too few accounts for so many one-time codes');
  steps[index] = step;
  return generateSync({ secret, epoch: step * STEP });
}

const FLOWS: Record<Scenario, (world: World, line: number) => Promise<void>> = {
  async 'signed-in'({ plainApplication: application, people }, line) {
    const request = application.begin();
    const tokens = await application.redeem(await people[line]!.pass(application, request), request);
    await application.userinfo(tokens);
  },
  async visit({ client, accounts, plainApplication: application }, line) {
    await new Person(client, accounts[line % accounts.length]!).visit(application, application.begin());
  },
  async login(world) {
    await signIn(world, world.plainApplication);
  },
  async 'strong-login'(world) {
    const { client, accounts, plainApplication: application } = world;
    const index = world.logins++ % accounts.length;
    const account = accounts[index]!;
    const request = application.begin(account.identifier);
    const code = nextCode(world, index, account.totpSecret);
    await application.redeem(
      await new Person(client, account).signInStrongly(application, request, code),
      request,
    );
  },
  async refresh({ refreshingApplication: application, tokens }, line) {
    tokens[line] = await application.refresh(tokens[line]!.refresh_token!);
  },
};

answerQuestions({
  /** Signs in as many people as will be there at once, in new sessions. */
  async prepare({ target, people }: { target: Target; people: number }) {
    const world = Object.assign(worldOf(target), { people: [], tokens: [] });
    await runAtOnce(
      { atOnce: Math.min(MOST_LOGINS_AT_ONCE, people), seconds: 60, flows: people },
      async () => {
        const { person, tokens } = await signIn(world, world.refreshingApplication);
        await person.pass(world.plainApplication, world.plainApplication.begin());
        world.people.push(person);
        world.tokens.push(tokens);
      },
    );
    if (world.people.length < people)
      throw new Error(`only ${world.people.length} of ${people} people could sign in`);
  },
  async run({ target, scenario, load }: { target: Target; scenario: Scenario; load: Load }) {
    const world = worldOf(target);
    try {
      return await runAtOnce(load, (line) => FLOWS[scenario](world, line));
    } finally {
      // The server ends them during its next pause, or just as they are used again.
      world.client.close();
    }
  },
});
