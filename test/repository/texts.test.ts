// templates/locales: both languages have the same keys with the same places to fill in, every key is used and every key
// that is used exists.
import { listFiles, readCode, readText } from './source-files.ts';

const read = (locale: string) =>
  JSON.parse(readText(`templates/locales/${locale}.json`)) as Record<string, string>;
const french = read('fr');
const english = read('en');
const placesOf = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

const sources = [...listFiles('src'), ...listFiles('interactions'), ...listFiles('templates')].filter(
  (file) => /\.(ts|pug|js)$/.test(file) && !/^(src\/demo|templates\/mails)\//.test(file),
);
const texts = sources.map((file) => (file.endsWith('.ts') ? readCode(file) : readText(file)));
const literals = new Set(texts.flatMap((text) => text.match(/[a-zA-Z][\w-]*(\.[\w-]+)*/g) ?? []));
/** Keys put together from parts: `login.method.${name}`. Their fixed beginning says what they can be. */
const composed = [
  ...new Set(
    texts.flatMap((text) => [...text.matchAll(/`([^`]*\$\{[^`]*)`/g)].map(([, template]) => template!)),
  ),
]
  .map((template) => template.split(/\$\{[^}]*\}/))
  .filter(([head = '']) => /^[a-z][\w-]*\.([\w-]+\.)*$/.test(head))
  .map(
    (parts) =>
      new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('[\\w-]+(?:\\.[\\w-]+)?')}$`),
  );

const isUsed = (key: string): boolean =>
  literals.has(key) ||
  composed.some((pattern) => pattern.test(key)) ||
  // « 1 minute »: chosen by the translator itself.
  (key.endsWith('.one') && isUsed(key.slice(0, -'.one'.length)));

it('has the same keys in French and in English', () => {
  expect(Object.keys(english).sort()).toEqual(Object.keys(french).sort());
});

it('has the same places to fill in, in French and in English', () => {
  const wrong = Object.keys(french).filter(
    (key) => String(placesOf(french[key]!)) !== String(placesOf(english[key] ?? '')),
  );
  expect(wrong).toEqual([]);
});

it('has no text that no page shows', () => {
  expect(Object.keys(french).filter((key) => !isUsed(key))).toEqual([]);
});

it('has a text for every key that a page asks for', () => {
  const asked = texts.flatMap((text) => [...text.matchAll(/\bt\('([^']+)'/g)].map(([, key]) => key!));
  expect(asked.length).toBeGreaterThan(50);
  expect([...new Set(asked)].filter((key) => !Object.hasOwn(french, key))).toEqual([]);
});

it('has a text for every failure that an action can return', () => {
  const codes = listFiles('src/actions')
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readCode(file).matchAll(/\bcode: '([a-z][\w.-]+)'(?!, faults)/gi)].map(([, code]) => code!),
    );
  // Told to the operator in English, by src/cli. (A failure with `faults` has a text for each of those.)
  const operator = /^(account|client)\./;
  expect([...new Set(codes)].filter((code) => !operator.test(code) && !Object.hasOwn(french, code))).toEqual(
    [],
  );
});
