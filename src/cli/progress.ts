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
  /** `doing`: what it waits for, where it does. */
  update(value: number, doing?: string): void;
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

/** A count of things that take hours: with the rate of this start and the time that is left at it. */
export function startRate(total: number, already: number, quiet: boolean, what: string): Count {
  if (quiet || total <= already) return SILENT;
  const beganMs = performance.now();
  const rest = (value: number, doing = ''): { rate: string; left: string; doing: string } => {
    const waits = doing === '' ? '' : ` | ${doing}`;
    const perSecond = (1000 * (value - already)) / Math.max(1, performance.now() - beganMs);
    return perSecond > 0
      ? {
          rate: `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`,
          left: clock((total - value) / perSecond),
          doing: waits,
        }
      : { rate: 'n/a', left: 'n/a', doing: waits };
  };
  const bar = openBar(`{bar} {percentage}% | {value}/{total} ${what} | {rate} | {left} left{doing}`);
  bar.start(total, already, rest(already));
  return {
    update(value, doing) {
      bar.update(value, rest(value, doing));
    },
    stop() {
      bar.stop();
    },
  };
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
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
