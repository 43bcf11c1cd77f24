/** All three processes at a glance. */
import { fixed } from './text-table.js';

export type ProcessState = 'running' | 'starting' | 'stale' | 'not running';

export interface ProcessStatus {
  readonly name: 'arena' | 'deployer' | 'paper trader';
  readonly state: ProcessState;
  readonly pid: number | null;
  readonly heartbeatAgeSeconds: number | null;
  /** Open of the newest bar that it has dealt with. */
  readonly bar: string | null;
  /** Behind the arena's newest bar; null for the arena, and while unknown. */
  readonly hoursBehind: number | null;
  readonly requestsWaiting: number;
  readonly lastError: string | null;
}

export interface SystemStatus {
  readonly processes: readonly ProcessStatus[];
  readonly champion: string | null;
  readonly generationWanted: number | null;
  readonly generationRunning: number | null;
  readonly candidate: { readonly name: string; readonly verdict: string } | null;
  /** Null while the deployer supervises nothing. */
  readonly supervisor: { readonly state: string; readonly restarts: number } | null;
  readonly latch: string | null;
  /** What is not fine, in words. */
  readonly troubles: readonly string[];
}

export function statusText(status: SystemStatus): string {
  const { processes, candidate, supervisor } = status;
  const lines = [
    ...processes.map(processLine),
    `${'champion'.padEnd(14)}${status.champion ?? 'nobody deployed'}, generation wanted ${orNone(status.generationWanted)}, running ${orNone(status.generationRunning)}`,
  ];
  if (candidate !== null) lines.push(`${'candidate'.padEnd(14)}${candidate.name}: ${candidate.verdict}`);
  if (supervisor !== null)
    lines.push(
      `${'supervision'.padEnd(14)}paper trader ${supervisor.state}, ${String(supervisor.restarts)} restarts`,
    );
  lines.push(`${'latch'.padEnd(14)}${status.latch ?? 'none'}`);
  for (const { name, lastError } of processes)
    if (lastError !== null) lines.push(`${'last error'.padEnd(14)}${name}: ${lastError}`);
  for (const trouble of status.troubles) lines.push(`${'!'.padEnd(14)}${trouble}`);
  return lines.join('\n');
}

function processLine(process: ProcessStatus): string {
  const { state, pid, heartbeatAgeSeconds: age, hoursBehind } = process;
  const words = state === 'stale' ? 'STALE OR HUNG' : state;
  const who = state === 'not running' ? words : `${words} (${pid === null ? 'pid unknown' : String(pid)})`;
  const bar = process.bar === null ? 'no bar yet' : `bar ${process.bar.slice(0, 16).replace('T', ' ')}`;
  const behind =
    hoursBehind === null ? '' : hoursBehind <= 0 ? 'up to date' : `${fixed(hoursBehind, 1)} h behind`;
  return [
    process.name.padEnd(14),
    who.padEnd(24),
    (age === null ? 'no heartbeat' : `heartbeat ${String(age)} s ago`).padEnd(22),
    bar.padEnd(22),
    behind.padEnd(14),
    `${String(process.requestsWaiting)} requests waiting`,
  ].join('');
}

function orNone(generation: number | null): string {
  return generation === null ? 'none' : String(generation);
}
