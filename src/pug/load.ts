// The pages and mails of templates/ as functions. Loaded by start.ts; used by http/render.ts and mail/render.ts.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compileFunction } from 'node:vm';

/** HTML from what the template calls its locals. */
export type Template = (locals: object) => string;

/** By path without ending: `login/password`, `mails/account-created.fr`. */
export type Templates = ReadonlyMap<string, Template>;

const PROGRAM = fileURLToPath(new URL('./compile.ts', import.meta.url));
const LONGEST_MS = 60_000;
const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * Once a process, so that a broken template stops the start and no request waits.
 * @param folder instead of `templates/`, with a slash at its end
 * Throws, in one line, what is wrong with a template.
 */
export async function loadTemplates(folder?: string): Promise<Templates> {
  const sources: Record<string, string> = JSON.parse(await compileAll(folder));
  return new Map(Object.entries(sources).map(([name, source]) => [name, toFunction(name, source)]));
}

async function compileAll(folder?: string): Promise<string> {
  try {
    const options = { timeout: LONGEST_MS, maxBuffer: LARGEST_BYTES };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [PROGRAM, ...(folder === undefined ? [] : [folder])],
      options,
    );
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`the templates cannot be compiled: ${stderr || message}`, { cause: error });
  }
}

/** `filename` is what a stack shows of an error in the page. */
function toFunction(name: string, source: string): Template {
  return compileFunction(`${source}\nreturn template;`, [], { filename: `templates/${name}.pug` })();
}
