import { readdirSync, readFileSync } from 'node:fs';
import { translator } from '../../src/http/translate.ts';

const TEMPLATES = new URL('../../templates/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, TEMPLATES), 'utf8');
const fr: Record<string, string> = JSON.parse(read('locales/fr.json'));
const en: Record<string, string> = JSON.parse(read('locales/en.json'));
const pages = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.pug') && !path.startsWith('mails'))
  .map((path) => [path, read(path)] as const);

describe('the two languages', () => {
  test('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(fr).sort());
  });

  test('have the same placeholders under each key', () => {
    const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const differing = Object.keys(fr).filter(
      (key) => `${placeholders(fr[key]!)}` !== `${placeholders(en[key]!)}`,
    );
    expect(differing).toEqual([]);
  });

  test.each(pages)('have every text that %s asks for', (_path, source) => {
    const exact = [...source.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => key!);
    expect(exact.filter((key) => !(key in fr))).toEqual([]);
    const prefixes = [...source.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)].map(([, prefix]) => prefix!);
    const known = (prefix: string) => Object.keys(fr).some((key) => key.startsWith(prefix));
    expect(prefixes.filter((prefix) => !known(prefix))).toEqual([]);
  });
});

describe('translator', () => {
  const french = translator('fr');

  test('replaces placeholders', () => {
    expect(french('page.continueTo', { service: 'Portail pro' })).toBe('Continuer vers Portail pro');
  });

  test('does not read a parameter as a pattern', () => {
    expect(french('page.continueTo', { service: '$& {service}' })).toBe('Continuer vers $& {service}');
  });

  test('keeps French punctuation on the line of its word', () => {
    expect(french('policy.title')).toBe('Politique de sécurité\u00a0:');
    expect(french('login.incorrect.forgot')).toContain('«\u00a0Mot de passe oublié\u00a0»');
    expect(french('menu.previousLogin', { date: '01/07/2022', time: '11:01' })).toMatch(/à\u00a011:01$/);
  });

  test('says « 1 minute » in the singular', () => {
    expect(french('throttled', { n: 1 })).toMatch(/dans 1\sminute\.$/);
    expect(french('throttled', { n: 2 })).toMatch(/dans 2\sminutes\.$/);
  });

  test('refuses a key that nobody wrote', () => {
    expect(() => french('no.such.key')).toThrow('no.such.key');
    expect(() => translator('en')('no.such.key')).toThrow('no.such.key');
    expect(french.has('no.such.key')).toBe(false);
  });
});
