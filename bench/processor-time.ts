// Processor time, as Linux tells it (proc_stat(5), proc_pid_stat(5)): of the whole machine, and of a database server on
// it. Elsewhere nothing is known and everything is 0.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const MS_PER_TICK = 10;
const isLinux = existsSync('/proc/stat');

/** Milliseconds so far that any core was busy with anything. */
export function machineBusyMs(): number {
  if (!isLinux) return 0;
  const [user = 0, nice = 0, system = 0, _idle, _wait, interrupts = 0, softInterrupts = 0, stolen = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) * MS_PER_TICK;
}

/** Milliseconds so far of the processes that run under a postmaster. */
export function databaseCpuMs(postmaster: number | undefined): number {
  if (postmaster === undefined || !isLinux) return 0;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, parent, ...rest] = readStat(pid);
    if (Number(parent) === postmaster) ticks += Number(rest[9]) + Number(rest[10]);
  }
  return ticks * MS_PER_TICK;
}

/** What follows the name, which may hold anything: state, parent, … */
function readStat(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
