// `npm run bench`: how fast the provider is, beside the same library with everything in memory, in one run on one
// machine. Prints a table, writes bench/results/<time>.json, and exits with 1 when a target is missed.
//
//   npm run bench                      all of it, about ten minutes
//   npm run bench -- --quick           the same in under 90 seconds; rounds are few, so figures wobble
//   npm run bench -- --part refresh    one part (again for more): signed-in, logins, strong-logins, refresh, memory,
//                                      million, timing
//   npm run bench -- --profile DIR     leaves CPU profiles of compared servers in DIR; slows them down
//
// With DATABASE_URL the databases (bench_…) are made on that PostgreSQL and dropped at the end; the user must be allowed
// to. Without, the embedded database is measured: it is a thread of the server, so the targets do not bind. The server
// has core 0 to itself, load and database share core 1 (`taskset`); everything stays on 127.0.0.1 and ends with this
// process. Other work on the machine blurs the figures, but hits both sides of a ratio.
import { OptionFault, PARTS, type PartName, readOptions } from './options.ts';
import { logins } from './parts/logins.ts';
import { memory } from './parts/memory.ts';
import { million } from './parts/million.ts';
import { refresh } from './parts/refresh.ts';
import { signedIn } from './parts/signed-in.ts';
import { onStage, type Stage } from './parts/stage.ts';
import { strongLogins } from './parts/strong-logins.ts';
import { timing } from './parts/timing.ts';
import { printPart, printTargets, type Run, writeResults } from './report.ts';
import { holds, type PartResult } from './targets.ts';

type Part = { title: string; play: (stage: Stage) => Promise<PartResult>; spread?: boolean };

const PLAYS: Record<PartName, Part> = {
  'signed-in': { title: '(a) signed-in flow: authorize, token, userinfo', play: signedIn },
  logins: { title: '(b) complete password logins', play: logins, spread: true },
  'strong-logins': { title: '(g) logins by password and one-time code', play: strongLogins, spread: true },
  refresh: { title: '(c) refresh with rotation', play: refresh },
  memory: { title: '(d) resident memory', play: memory },
  million: { title: '(e) with a table of many rows', play: million },
  timing: { title: '(f) what the time of an answer tells', play: timing },
};

async function main(): Promise<void> {
  const { parts, quick, profile } = readOptions(process.argv.slice(2));
  const run: Run = {
    parts: {},
    quick,
    startedAt: new Date(),
    isBinding: process.env.DATABASE_URL !== undefined,
  };
  for (const name of PARTS.filter((part) => parts.includes(part))) {
    const { title, play, spread = false } = PLAYS[name];
    const result = await onStage({ quick, profile, spread }, async (stage) => {
      const played = await play(stage);
      return { ...played, notes: [...stage.notes, ...played.notes] };
    });
    run.parts[name] = result;
    printPart(title, result);
  }
  const targets = Object.values(run.parts).flatMap((part) => part.targets);
  printTargets(targets, run.isBinding);
  console.log(`\n${writeResults(run)}`);
  process.exitCode = run.isBinding && !targets.every(holds) ? 1 : 0;
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof OptionFault ? error.message : (error as Error).stack}`);
  process.exitCode = 1;
}
