// The words of every page: templates/locales/{fr,en}.json, flat keys that follow the path of the template.
// Used by the renderer (`t` in a template) and by whoever turns a failure's code into its sentence.
// French is the reference: English falls back to it, and a key that French lacks is a bug.
import { readFileSync } from 'node:fs';

export const LOCALES = ['fr', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

export type TranslateParams = Record<string, string | number>;
export type Translate = {
  /** The sentence of `key`, `{name}` replaced by `params.name`. Throws on a key unknown in French. */
  (key: string, params?: TranslateParams): string;
  has(key: string): boolean;
};

type Dictionary = ReadonlyMap<string, string>;

// The files are written with plain spaces; the unbreakable ones are put in here, once, so that nobody has to type them.
function typesetFrench(text: string): string {
  return text
    .replace(/ ([:;?!»])/g, '\u00a0$1')
    .replace(/« /g, '«\u00a0')
    .replace(/à (?=\d|\{time\})/g, 'à\u00a0')
    .replace(/(\d|\{\w+\}) (?=minute|caractère|méta|chiffre|mois|heure|jour)/g, '$1\u00a0');
}

function readTexts(locale: Locale): [string, string][] {
  const file = new URL(`../../templates/locales/${locale}.json`, import.meta.url);
  return Object.entries(JSON.parse(readFileSync(file, 'utf8')));
}

const FRENCH: Dictionary = new Map(readTexts('fr').map(([key, text]) => [key, typesetFrench(text)]));
const ENGLISH: Dictionary = new Map([...FRENCH, ...readTexts('en')]);

function createTranslate(dictionary: Dictionary): Translate {
  const translate = (key: string, params: TranslateParams = {}) => {
    // « 1 minute », not « 1 minutes »: a key may have a twin for exactly one.
    const text = (params.n === 1 ? dictionary.get(`${key}.one`) : undefined) ?? dictionary.get(key);
    if (text === undefined) throw new Error(`no text under the key ${key}`);
    return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(params[name] ?? placeholder));
  };
  return Object.assign(translate, { has: (key: string) => dictionary.has(key) });
}

const TRANSLATORS: Record<Locale, Translate> = { fr: createTranslate(FRENCH), en: createTranslate(ENGLISH) };

export function translator(locale: Locale): Translate {
  return TRANSLATORS[locale];
}
