// Which core does what. The server under test has one to itself, so that its processor time is its throughput; the load
// and the database share another. Without `taskset` (or a second core) nothing is pinned, and the report says so.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

export const canPin = availableParallelism() >= 2 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Moves processes to `cores` ('1', '0,1'), those started by them later too. False when it is not allowed. */
export function pinProcesses(pids: number[], cores: string): boolean {
  if (!canPin) return false;
  try {
    for (const pid of pids)
      execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The cores a process may use now: '0-1'. */
export function coresOf(pid: number): string {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}
