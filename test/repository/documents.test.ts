// What the documents say must be so: links, pictures, settings with their defaults, commands, addresses.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSettings } from '../../src/config.ts';
import { ROOT, readText } from './source-files.ts';

const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];
const readme = readText('README.md');
const configured = [...readText('src/config.ts').matchAll(/^ {2}((?:IDP_|DATABASE_)[A-Z_]+):/gm)].map(
  ([, name]) => name!,
);
const all = DOCUMENTS.map(readText).join('\n');

it.each(DOCUMENTS)('has a file behind every link and picture of %s', (document) => {
  const targets = [...readText(document).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
    ([, target]) => target!,
  );
  expect(targets.filter((target) => !existsSync(join(ROOT, dirname(document), target)))).toEqual([]);
});

describe('the settings of the README', () => {
  const rows = [...readme.matchAll(/^\| `((?:IDP_|DATABASE_)[A-Z_]+)` \| (.+?) \| (.+?) \|$/gm)].map(
    ([, name, meaning, fallback]) => ({ name: name!, meaning: meaning!, fallback: fallback! }),
  );
  const defaults = readSettings({ IDP_SMTP_URL: 'smtp://localhost', IDP_MAIL_FROM: 'a@exemple.fr' });

  it('are those of the product, in their order', () => {
    expect(configured.length).toBeGreaterThan(20);
    expect(rows.map(({ name }) => name)).toEqual(configured);
  });

  it('have their defaults', () => {
    const told = rows.map(({ name, fallback }) => [name, /^`([^`]*)`/.exec(fallback)?.[1]]);
    const real = rows.map(({ name }) => {
      const value: unknown = { ...defaults, IDP_SMTP_URL: undefined, IDP_MAIL_FROM: undefined }[name];
      return [name, value === undefined || String(value) === '' ? undefined : String(value)];
    });
    expect(told).toEqual(real);
  });
});

it('names no setting that does not exist', () => {
  const named = [...all.matchAll(/\b(IDP_[A-Z_]+[A-Z])\b/g)].map(([, name]) => name!);
  expect([...new Set(named)].filter((name) => !configured.includes(name))).toEqual([]);
});

it('names no setting in .env.example that does not exist', () => {
  const named = [...readText('.env.example').matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(5);
  expect(
    named.filter((name) => !configured.includes(name) && !readText('compose.yaml').includes(`\${${name}:`)),
  ).toEqual([]);
});

it('names no npm script that does not exist', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const named = [...all.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(named)].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it('names no verb of the command line that does not exist, and leaves none out', () => {
  const verbs = (noun: string, text: string) =>
    [
      ...new Set(
        [...text.matchAll(new RegExp(`esante-idp ${noun} ([\\w-]+)`, 'g'))].map(([, verb]) => verb!),
      ),
    ].sort();
  const existing = (noun: string) =>
    [
      ...new Set(
        [...readText('src/cli/usage.ts').matchAll(new RegExp(`^ {2}${noun} ([\\w-]+)`, 'gm'))].map(
          ([, verb]) => verb!,
        ),
      ),
    ].sort();
  for (const noun of ['accounts', 'clients']) expect(verbs(noun, readme)).toEqual(existing(noun));
});

it('has every screen of the site map', () => {
  const screens = [...readText('interactions/index.ts').matchAll(/from '\.\/([\w/-]+\.ts)'/g)]
    .map(([, file]) => `interactions/${file}`)
    .filter((file) => /router\.(get|post)\(/.test(readText(file)));
  expect(screens.length).toBeGreaterThan(5);
  expect(screens.filter((file) => !readme.includes(`](${file})`))).toEqual([]);
});

it('has every metric that is named', () => {
  const code = ['src/http/metrics.ts', 'src/start.ts'].map(readText).join('\n');
  const named = [...readme.matchAll(/`(idp_[a-z_]+)`/g)].map(([, name]) => name!);
  const existing = [...code.matchAll(/'(idp_[a-z_]+)'/g)].map(([, name]) => name!);
  expect([...new Set(named)].sort()).toEqual([...new Set(existing)].sort());
});
