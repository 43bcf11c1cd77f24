import { readHeartbeat } from './read-heartbeat.js';

/** A process beats every second while it waits; a look that loads a large market takes longer. */
const STALE_SECONDS = 15;

export interface Health {
  readonly healthy: boolean;
  readonly why: string;
  readonly ageSeconds: number | undefined;
  /** What the process itself wrote. */
  readonly heartbeat: object | undefined;
}

/** Whether process `pid`, the owner of a folder, lives by its heartbeat. Reads, and leaves the file as it is. */
export function healthOf(folder: string, pid: number, nowMs: number): Health {
  const heartbeat = readHeartbeat(folder);
  if (heartbeat === undefined || heartbeat === 'torn')
    return {
      healthy: false,
      why: heartbeat === undefined ? 'no heartbeat yet' : 'the heartbeat cannot be read',
      ageSeconds: undefined,
      heartbeat: undefined,
    };
  const ageSeconds = Math.max(0, (nowMs - Date.parse(heartbeat.writtenAt)) / 1000);
  const why = whyNot();
  return {
    healthy: why === undefined,
    why: why ?? heartbeat.waitingFor ?? heartbeat.status,
    ageSeconds,
    heartbeat,
  };

  function whyNot(): string | undefined {
    if (heartbeat === undefined || heartbeat === 'torn' || heartbeat.pid !== pid)
      return 'starting: the heartbeat is of an earlier start';
    if (heartbeat.status === 'stopped') return 'stopped';
    if (!(ageSeconds <= STALE_SECONDS)) return `no heartbeat for ${String(Math.round(ageSeconds))} s`;
    return undefined;
  }
}
