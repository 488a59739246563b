// What a command is: words in, then work on an open database, a document and its text out.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Workplace } from './workplace.ts';

/** `hasFailed`: it was done, and what was found wants somebody (exit code 1). */
export type Result = { document: unknown; text: string; hasFailed?: boolean };
export type Command = (words: string[]) => { work: (workplace: Workplace) => Promise<Result>; json: boolean };
export type Commands = Record<string, Command>;

/** Exit code 2. */
export class UsageFault extends Error {}

/** Exit code 1: the command was right, what it asked for cannot be done. */
export class CommandFailure extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads options and exactly `positionals.length` words. Throws `UsageFault`. */
export function readWords<T extends Options>(words: string[], options: T, positionals: string[] = []) {
  const parsed = parse(words, options);
  if (parsed.positionals.length !== positionals.length) {
    throw new UsageFault(positionals.length === 0 ? 'too many words' : `expected ${positionals.join(' ')}`);
  }
  return parsed;
}

/** The value of an option that must be given. Throws `UsageFault`. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new UsageFault(`--${name} is missing`);
  return value;
}

function parse<T extends Options>(words: string[], options: T) {
  try {
    return parseArgs({
      args: words,
      options: { ...options, json: { type: 'boolean' as const } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageFault((error as Error).message);
  }
}
