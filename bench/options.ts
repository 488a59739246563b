// The command line of the benchmark. Faults end it with one line.
import { parseArgs } from 'node:util';

export const PARTS = [
  'signed-in',
  'logins',
  'strong-logins',
  'refresh',
  'memory',
  'million',
  'timing',
] as const;
export type PartName = (typeof PARTS)[number];

export type BenchOptions = {
  parts: PartName[];
  quick: boolean;
  /** Folder for CPU profiles of the servers that are compared. */
  profile: string | undefined;
};

export class OptionFault extends Error {}

/** Throws `OptionFault`. */
export function readOptions(argv: string[]): BenchOptions {
  const { values } = parse(argv);
  const asked = values.part ?? [];
  const unknown = asked.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined)
    throw new OptionFault(`no part is named ${unknown}; there are ${PARTS.join(', ')}`);
  return {
    parts: PARTS.filter((part) => asked.length === 0 || asked.includes(part)),
    quick: values.quick === true,
    profile: values.profile,
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        quick: { type: 'boolean' },
        part: { type: 'string', multiple: true },
        profile: { type: 'string' },
      },
    });
  } catch (error) {
    throw new OptionFault((error as Error).message);
  }
}
