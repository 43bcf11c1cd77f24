import { SingleBar } from 'cli-progress';

export interface Progress {
  update(value: number, info: { date: string; leader: string }): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on stderr; in a pipe, a line every two seconds. */
export function startProgress(total: number, quiet: boolean): Progress {
  if (quiet || total <= 0) return SILENT;
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value}/{total} rounds | {date} | leader {leader}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: process.stderr,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 2000,
    gracefulExit: false,
    barsize: 24,
    fps: 8,
  });
  bar.start(total, 0, { date: '', leader: 'n/a' });
  return {
    update: (value, info) => {
      bar.update(value, info);
    },
    stop: () => {
      bar.stop();
    },
  };
}
