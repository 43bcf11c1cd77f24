import { SingleBar } from 'cli-progress';

export interface Progress {
  update(value: number, info: { date: string; doing: string }): void;
  stop(): void;
}

const SILENT = { update: () => undefined, stop: () => undefined };

/** A bar on stderr; in a pipe, a line every two seconds. */
export function startProgress(total: number, quiet: boolean): Progress {
  if (quiet || total <= 0) return SILENT;
  const bar = openBar('{bar} {percentage}% | {value}/{total} rounds | {date} | {doing}');
  bar.start(total, 0, { date: '', doing: 'leader n/a' });
  return {
    update: (value, info) => {
      bar.update(value, info);
    },
    stop: () => {
      bar.stop();
    },
  };
}

export interface Count {
  update(value: number): void;
  stop(): void;
}

/** What is done sooner needs no bar. */
const SHORT_MS = 2000;

/** The same for things that are only counted; it appears once they take longer than a moment. */
export function startCount(total: number, quiet: boolean, what: string): Count {
  if (quiet || total <= 0) return SILENT;
  const beganMs = performance.now();
  let bar: SingleBar | undefined;
  return {
    update: (value) => {
      if (bar === undefined && performance.now() - beganMs < SHORT_MS) return;
      if (bar === undefined) {
        bar = openBar(`{bar} {percentage}% | {value}/{total} ${what}`);
        bar.start(total, value);
      }
      bar.update(value);
    },
    stop: () => {
      bar?.stop();
    },
  };
}

function openBar(format: string): SingleBar {
  return new SingleBar({
    format,
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
}
