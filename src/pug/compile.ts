// A program: makes JavaScript of every page and mail under templates/ and prints {"login/password": "function template…", …}.
// load.ts runs it once, in a process of its own, since what pug compiles with takes memory that the server would never give back.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pug from 'pug';

/** What pages and mails are made of. */
const PARTS = /(^|\/)layout\.pug$|^(mixins|account\/home)\//;

// Ctrl-C in a terminal reaches every process there; the server ends this one with itself.
process.on('SIGINT', () => undefined);

const folder = process.argv[2] ?? fileURLToPath(new URL('../../templates/', import.meta.url));
try {
  process.stdout.write(JSON.stringify(Object.fromEntries(listTemplates().map(compile))));
} catch (error) {
  const { filename, line, msg, message } = error as Error & {
    filename?: string;
    line?: number;
    msg?: string;
  };
  process.stderr.write(filename === undefined ? message : `${filename}:${line}: ${msg}`);
  process.exitCode = 1;
}

function listTemplates(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.pug') && !PARTS.test(file))
    .sort();
}

function compile(file: string): [name: string, source: string] {
  const source = pug.compileFileClient(`${folder}${file}`, { basedir: folder, compileDebug: false });
  return [file.slice(0, -'.pug'.length), source];
}
