// Shows a run to a person, and keeps it in bench/results/<time>.json for a machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { canPin } from './cores.ts';
import { holds, type PartResult, type Target } from './targets.ts';

export type Run = { parts: Record<string, PartResult>; quick: boolean; startedAt: Date; isBinding: boolean };

export function printPart(name: string, { rows, notes }: PartResult): void {
  console.log(`\n${name}`);
  if (rows.length > 0) printRows(rows);
  for (const note of notes) console.log(`  ${note}`);
}

function printRows(rows: PartResult['rows']): void {
  printTable(
    [
      '',
      'at once',
      'server',
      'flows/s',
      'process ms/flow',
      'load',
      'database',
      'statements',
      'median ms',
      'p95 ms',
      'rounds',
      'others',
    ],
    rows.map(({ what, atOnce, side, summary }) => [
      what,
      String(atOnce),
      side,
      summary.flowsPerSecond.toFixed(summary.flowsPerSecond < 100 ? 1 : 0),
      summary.cpuMsPerFlow.toFixed(2),
      summary.loadMsPerFlow.toFixed(2),
      summary.databaseMsPerFlow.toFixed(2),
      summary.statementsPerFlow.toFixed(1),
      summary.medianMs.toFixed(1),
      summary.p95Ms.toFixed(1),
      String(summary.rounds),
      `${(100 * summary.othersShare).toFixed(0)} %`,
    ]),
  );
}

export function printTargets(targets: Target[], isBinding: boolean): void {
  console.log(
    isBinding ? '\nTargets' : '\nTargets (of a real PostgreSQL: set DATABASE_URL; here for information)',
  );
  printTable(
    ['', 'figure', 'target', ''],
    targets.map((target) => [
      target.name,
      show(target.figure, target),
      limit(target),
      holds(target) ? 'holds' : 'MISSED',
    ]),
  );
}

/** Returns the path of the file. */
export function writeResults({ parts, quick, startedAt, isBinding }: Run): string {
  const folder = new URL('./results/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${startedAt.toISOString().replaceAll(':', '-')}.json`;
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1024 ** 2),
    node: process.version,
    pinned: canPin,
  };
  const withVerdicts = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      name,
      { ...part, targets: part.targets.map((target) => ({ ...target, holds: holds(target) })) },
    ]),
  );
  writeFileSync(
    path,
    `${JSON.stringify({ startedAt, quick, targetsAreBinding: isBinding, machine, parts: withVerdicts }, undefined, 2)}\n`,
  );
  return path;
}

function show(value: number, { unit }: Target): string {
  return unit === '' ? value.toFixed(3) : `${value.toFixed(1)} ${unit}`;
}

function limit(target: Target): string {
  return target.atLeast === undefined
    ? `≤ ${show(target.atMost!, target)}`
    : `≥ ${show(target.atLeast, target)}`;
}

function printTable(head: string[], rows: string[][]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const isText = (column: number) => column === 0 || /^[a-z]/i.test(rows[0]?.[column] ?? '');
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) =>
      isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}
