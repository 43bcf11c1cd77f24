/** Which process holds a folder, and signals to it alone: a process number may have passed on to somebody else. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { probeLock } from './wire.js';

/** Ticks per second of `/proc/<pid>/stat`, the same on all Linux machines. */
const TICKS = 100;
/** Clocks that are read at different moments. */
const TOLERANCE_MS = 2000;

/** Who holds the folder; `unknown` when it is held and the note beside the lock cannot be trusted; null when free. */
export function holderOf(folder: string): number | 'unknown' | null {
  const { locked, holder } = probeLock(folder);
  if (!locked) return null;
  if (holder === undefined) return 'unknown';
  const startedMs = startOf(holder.pid);
  // Whoever got the number later began after the lock was taken.
  const same = startedMs !== undefined && startedMs <= Date.parse(holder.startedAt) + TOLERANCE_MS;
  return same ? holder.pid : 'unknown';
}

/** Signals the process that holds the folder, if it is this one. Returns whether it did. */
export function signalHolder(folder: string, pid: number, signal: NodeJS.Signals): boolean {
  if (holderOf(folder) !== pid) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // It has just ended, or belongs to another user.
    return false;
  }
}

/** When a process began; undefined when there is none or the system does not say. */
function startOf(pid: number): number | undefined {
  try {
    if (process.platform !== 'linux') return startByPs(pid);
    // The name in brackets may hold spaces and brackets: what follows the last one is regular.
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(')')
        .at(-1)
        ?.trim()
        .split(' ') ?? [];
    const uptime = z.coerce.number().parse(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    const ticks = z.coerce.number().parse(fields[19]);
    return Date.now() - 1000 * (uptime - ticks / TICKS);
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): number | undefined {
  const env = { ...process.env, LC_ALL: 'C' };
  const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
  const startedMs = Date.parse(text.trim());
  return Number.isNaN(startedMs) ? undefined : startedMs;
}
