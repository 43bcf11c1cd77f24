import type { ProcessState } from '../reporting/status-text.js';
import type { Heartbeat } from './read-heartbeat.js';

/** All write every second while they wait; a look that loads a large market takes longer. */
const STALE_SECONDS = 15;

/** What the lock of a folder and the heartbeat in it say together. */
export function stateOfProcess(
  holder: number | 'unknown' | null,
  heartbeat: Heartbeat | undefined,
  nowMs: number,
): { readonly state: ProcessState; readonly heartbeatAgeSeconds: number | null } {
  const age = heartbeat === undefined ? null : Math.round((nowMs - Date.parse(heartbeat.writtenAt)) / 1000);
  return { state: stateOf(holder, heartbeat, age), heartbeatAgeSeconds: age };
}

function stateOf(
  holder: number | 'unknown' | null,
  heartbeat: Heartbeat | undefined,
  age: number | null,
): ProcessState {
  if (holder === null) return 'not running';
  // Before its first look, the heartbeat that lies there is its predecessor's.
  if (age === null || (typeof holder === 'number' && heartbeat?.pid !== holder)) return 'starting';
  return age > STALE_SECONDS ? 'stale' : 'running';
}
