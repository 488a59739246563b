// The files of this repository and what they import, read as text. Used by the tests of this folder.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export type Import = {
  /** `src/db/account.ts:12`, to be found by whoever reads a failure. */
  place: string;
  from: string;
  /** Path from the root for a file of ours, else the package (`pg`) or `node:fs`. */
  to: string;
  isType: boolean;
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[\w*{][^;'"]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)|new URL\('([^']+\.ts)', import\.meta\.url\)/g;

/** Paths from the root, with forward slashes, sorted. */
export function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(slashes(ROOT), slashes(join(entry.parentPath, entry.name))))
    .sort();
}

export function readText(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Without comments, as far as a line can tell. */
export function readCode(file: string): string {
  return readText(file)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^(\s*)\/\/.*$/gm, '$1')
    .replace(/\s\/\/ .*$/gm, '');
}

export function listImports(file: string): Import[] {
  const code = readCode(file);
  return [...code.matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? match[4]!;
    const line = code.slice(0, match.index + match[0].indexOf(specifier)).split('\n').length;
    return {
      place: `${file}:${line}`,
      from: file,
      to: specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : packageOf(specifier),
      isType: match[1] !== undefined,
    };
  });
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
