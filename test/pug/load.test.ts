import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTemplates } from '../../src/pug/load.ts';

let folder: string;
beforeEach(() => {
  folder = `${mkdtempSync(join(tmpdir(), 'templates-'))}/`;
  mkdirSync(`${folder}login`);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('has the pages and mails by their path, and none of their parts', async () => {
  const names = [...(await loadTemplates()).keys()];
  expect(names).toEqual(expect.arrayContaining(['error', 'login/password', 'mails/account-created.fr']));
  expect(names.filter((name) => /layout|mixins|account\/home\//.test(name))).toEqual([]);
});

it('makes HTML of the locals, escaped', async () => {
  writeFileSync(`${folder}login/otp.pug`, 'include /word\np= code\n+word');
  writeFileSync(`${folder}word.pug`, 'mixin word\n  b mot');
  const page = (await loadTemplates(folder)).get('login/otp')!;
  expect(page({ code: '<1>' })).toBe('<p>&lt;1&gt;</p><b>mot</b>');
});

it('names the template in the stack of an error', async () => {
  writeFileSync(`${folder}login/otp.pug`, 'p= missing.code');
  const page = (await loadTemplates(folder)).get('login/otp')!;
  let stack: string | undefined;
  try {
    page({});
  } catch (error) {
    stack = (error as Error).stack;
  }
  expect(stack).toMatch(/TypeError: .*code[\s\S]*templates\/login\/otp\.pug/);
});

it('says in one line which template is broken, and where', async () => {
  writeFileSync(`${folder}login/otp.pug`, 'p code\np(class="a');
  const fault = await loadTemplates(folder).catch((error: Error) => error.message);
  expect(fault).toMatch(/^the templates cannot be compiled: .*login\/otp\.pug:2: .+$/);
});
