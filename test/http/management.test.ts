// The operator's listener.
import { Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (path: string, init?: RequestInit) => fetch(`${server.managementUrl}${path}`, init);

it('tells that the process lives and can work', async () => {
  expect(await (await get('/health/live')).text()).toBe('alive\n');
  expect(await (await get('/health/ready')).text()).toBe('ready\n');
});

it('counts requests, logins, mails and what waits, without a time series for each address that somebody makes up', async () => {
  const person = new Person(server.issuer);
  for (const path of ['/jwks', '/made-up-1', '/made-up-2', '/interaction/made-up-3']) await person.open(path);
  await server.addNewAccount();
  let text = '';
  // A mail is counted once its row says that it was sent, a moment after it arrived.
  do text = await (await get('/metrics')).text();
  while (!text.includes('idp_mails_total{result="sent"} 1'));
  for (const name of [
    'idp_http_request_duration_seconds_count{route="jwks",status="2xx"} 1',
    'idp_password_queue 0',
    'idp_database_waiting',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    expect(text).toContain(name);
  }
  expect(text).not.toContain('made-up');
});

it('answers nothing else, and nothing of it on the public address', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
  for (const path of ['/metrics', '/health/live', '/health/ready']) {
    expect((await fetch(`${server.issuer}${path}`)).status).toBe(404);
  }
});
