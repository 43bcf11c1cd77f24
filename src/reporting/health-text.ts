export type HealthProcess = 'arena' | 'deployer' | 'paper' | 'worker';
/** `absent`: it has never run here, and nobody asked for it. */
export type Health = 'fine' | 'degraded' | 'damaged' | 'not running' | 'absent';

export interface ProcessHealth {
  readonly name: HealthProcess;
  readonly health: Health;
  readonly pid: number | null;
  readonly heartbeatAgeSeconds: number | null;
  /** When the newest bar closed that it has dealt with. */
  readonly newestCloseAt: string | null;
  /** How long ago that was, where bars are due by the wall clock: on a live market. */
  readonly barAgeSeconds: number | null;
  /** What is not fine, in words. */
  readonly why: readonly string[];
}

/** One line. */
export function healthLine(one: ProcessHealth): string {
  const { pid, heartbeatAgeSeconds, newestCloseAt, barAgeSeconds, why } = one;
  const facts = [
    ...(pid === null ? [] : [`pid ${String(pid)}`]),
    ...(heartbeatAgeSeconds === null ? [] : [`heartbeat ${ageWords(heartbeatAgeSeconds)} ago`]),
    ...(newestCloseAt === null
      ? []
      : [
          barAgeSeconds === null
            ? `newest bar closed ${newestCloseAt.slice(0, 16)}Z`
            : `newest bar closed ${ageWords(barAgeSeconds)} ago`,
        ]),
    ...why,
  ];
  return `${one.name.padEnd(10)}${one.health.padEnd(13)}${facts.join(', ')}`.trimEnd();
}

function ageWords(seconds: number): string {
  if (seconds < 120) return `${String(seconds)} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  return `${String(Math.round(seconds / 3600))} h`;
}
