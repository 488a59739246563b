// Asks one thing after the other, as somebody does who wants to learn from the time of an answer whether an account
// exists; a process of its own, started by parts/timing.ts. Captchas are put into the database with a known answer: to
// solve them is not what is measured.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { openWorkplace } from '../../src/cli/workplace.ts';
import { insertCaptcha } from '../../src/db/captcha.ts';
import type { Database } from '../../src/db/database.ts';
import { hashBinding } from '../../src/domain/captcha/proof-of-work.ts';
import { answerQuestions } from '../answer-questions.ts';
import { median } from '../figures.ts';
import { identifierOf } from '../world/accounts.ts';
import { plainApplication } from '../world/applications.ts';
import { Application, unexpected } from './application.ts';
import { CookieJar } from './cookie-jar.ts';
import { type Answer, type Call, type HttpClient, openHttpClient } from './http-client.ts';

export type Question = { issuer: string; kind: 'forgot' | 'login'; tries: number };
/** Median milliseconds by case. */
export type Medians = Record<string, number>;

type Case = { name: string; identifier: (index: number) => string; password?: string };

/** Of the thousand accounts of the benchmark: some for each case, so that nobody has to wait for anything. */
const LOCKED = { first: 300, count: 300 };
const unknown = (index: number) => `inconnu${index}`;
const CASES: Record<Question['kind'], Case[]> = {
  forgot: [
    { name: 'known', identifier: identifierOf },
    { name: 'unknown', identifier: unknown },
    { name: 'locked', identifier: () => identifierOf(LOCKED.first) },
    { name: 'over the limit', identifier: () => identifierOf(999) },
  ],
  login: [
    { name: 'wrong password', identifier: (index) => identifierOf(index), password: 'faux-1!aa' },
    { name: 'unknown', identifier: unknown, password: 'faux-1!aa' },
    { name: 'locked', identifier: (index) => identifierOf(LOCKED.first + index), password: 'faux-1!aa' },
    { name: 'empty password', identifier: (index) => identifierOf(600 + index), password: '' },
    {
      name: '1,000 characters',
      // Three each: one more would have to wait.
      identifier: (index) => identifierOf(900 + (index % 100)),
      password: 'x'.repeat(1_000),
    },
  ],
};

const BROWSER = randomBytes(16).toString('base64url');
let asked = 0;
let database: Database;

/** Takes every mail: one that is tried again and again would disturb the measurement. */
async function startMailSink(): Promise<string> {
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      stream.on('end', () => done());
      stream.resume();
    },
  });
  const { server } = sink;
  sink.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function lockSome(): Promise<void> {
  await database.pool.query('UPDATE account SET locked_at = now() WHERE identifier = ANY ($1)', [
    Array.from({ length: LOCKED.count }, (_, index) => identifierOf(LOCKED.first + index)),
  ]);
}

/** In turn, so that a drift of the machine favours none. */
async function measure({ issuer, kind, tries }: Question): Promise<Medians> {
  // Of the running server: it had to be first.
  database ??= (await openWorkplace(process.env)).database;
  await lockSome();
  const client = openHttpClient(issuer);
  const prepare = kind === 'forgot' ? () => fillInForgot() : await loginFiller(client);
  const expected = kind === 'forgot' ? 303 : 422;
  const cases = CASES[kind];
  const times = new Map(cases.map(({ name }) => [name, [] as number[]]));
  for (let index = 0; index < tries; index++) {
    for (let turn = 0; turn < cases.length; turn++) {
      const one = cases[(index + turn) % cases.length]!;
      const call = await prepare();
      call.body += `&${new URLSearchParams({ identifier: one.identifier(index), ...(one.password !== undefined && { password: one.password }) })}`;
      const start = performance.now();
      const answer: Answer = await client.call({ ...call, headers: { ...call.headers, ...someAddress() } });
      times.get(one.name)!.push(performance.now() - start);
      if (answer.status !== expected) throw unexpected(`${kind}, ${one.name}`, answer);
    }
  }
  client.close();
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}

/** Another each time: what is counted by address is not what is measured. */
function someAddress(): Record<string, string> {
  asked += 1;
  return { 'x-forwarded-for': `10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}` };
}

async function fillInForgot(): Promise<Call> {
  const captcha = {
    id: randomBytes(16).toString('base64url'),
    answer: 0,
    form: 'forgot',
    bindingHash: hashBinding(BROWSER),
    ttlSeconds: 60,
  };
  await insertCaptcha(database, captcha);
  return {
    method: 'POST',
    path: '/account/forgot',
    headers: { cookie: `idp_browser=${BROWSER}` },
    body: `captchaId=${captcha.id}&captchaChoice=0`,
  };
}

/** One login page, sent again and again. */
async function loginFiller(client: HttpClient): Promise<() => Promise<Call>> {
  const jar = new CookieJar();
  const { path } = new Application(client, plainApplication).begin();
  const answer = await client.call({ path, headers: { accept: 'text/html' } });
  jar.keep(answer);
  const page = new URL(answer.location, 'http://127.0.0.1').pathname;
  return async () => ({ method: 'POST', path: page, headers: { cookie: jar.header(page) }, body: '' });
}

const mailUrl = await startMailSink();
answerQuestions({ measure, mailUrl: () => mailUrl });
