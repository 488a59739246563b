// One round: load on one server for a while, and what it cost whom.
import type { ChildProcess } from '../child-process.ts';
import type { Round } from '../figures.ts';
import type { Scenario } from '../load/generator.ts';
import type { Load, LoadResult } from '../load/run-at-once.ts';
import { databaseCpuMs, machineBusyMs } from '../processor-time.ts';
import type { Side, Stage } from './stage.ts';

export async function playRound(
  generator: ChildProcess,
  side: Side,
  scenario: Scenario,
  load: Load,
): Promise<Round> {
  return measure(side, generator, () =>
    generator.ask<LoadResult>('run', { target: side.target, scenario, load }),
  );
}

/** @param generator undefined where the server makes its own work */
export async function measure(
  { server, databaseProcess }: Pick<Side, 'server' | 'databaseProcess'>,
  generator: ChildProcess | undefined,
  play: () => Promise<LoadResult>,
): Promise<Round> {
  const readTimes = async () => ({
    server: await server.ask<number>('cpuMs'),
    statements: await server.ask<number>('statements'),
    load: generator ? await generator.ask<number>('cpuMs') : 0,
    database: databaseCpuMs(databaseProcess),
    machine: machineBusyMs(),
  });
  const before = await readTimes();
  const result = await play();
  const after = await readTimes();
  const spent = (name: keyof typeof after) => after[name] - before[name];
  const ours = spent('server') + spent('load') + spent('database');
  return {
    ...result,
    cpuMsPerFlow: spent('server') / result.flows,
    loadMsPerFlow: spent('load') / result.flows,
    databaseMsPerFlow: spent('database') / result.flows,
    statementsPerFlow: spent('statements') / result.flows,
    othersShare: Math.max(0, spent('machine') - ours) / (result.seconds * 1000),
  };
}

/**
 * Signs people in and lets the engines reach their speed: what is measured is a server that has been at work. With as many
 * at once as will be measured: code that ran under another load is slower for thousands of flows (16 after 64: by a third).
 */
export async function warmUp(
  stage: Stage,
  generator: ChildProcess,
  sides: Side[],
  scenarios: Scenario[],
  atOnce: number,
): Promise<void> {
  for (const side of sides) {
    await generator.ask('prepare', { target: side.target, people: atOnce });
    for (const scenario of scenarios) {
      await playRound(generator, side, scenario, { atOnce, seconds: stage.byLength(15, 1.5) });
    }
    await side.database?.settle();
  }
}
