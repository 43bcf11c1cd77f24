/** What goes wrong for long is said when it begins, again after an hour, two, four and so on, and when it is over: not at every try. */
import { durationWords } from '../../core/domain/duration-words.js';
import { DAY_MS, HOUR_MS, type TimeMs } from '../../core/domain/time.js';

const FIRST_PAUSE_MS = HOUR_MS;
const LONGEST_PAUSE_MS = DAY_MS;

/** What a text is about, for a log. */
export interface ToldAbout {
  readonly symbol?: string;
  readonly fault?: string;
}

export interface Outage {
  readonly symbol?: string | undefined;
  /** Whole, in words; undefined: nothing is wrong. */
  readonly text: string | undefined;
  /** Said once nothing is wrong any more; how long it was is added. */
  readonly over: string;
  /** What it means is said in other words anyway. */
  readonly isSaidOnce?: boolean;
}

export interface OutageTeller {
  /** What is known now of one thing; `key` names the thing. */
  tell(key: string, outage: Outage): void;
  isOpen(key: string): boolean;
}

export function createOutageTeller(
  nowMs: () => TimeMs,
  told: (text: string, about?: ToldAbout) => void,
): OutageTeller {
  const open = new Map<string, { readonly sinceMs: TimeMs; saidMs: TimeMs; pauseMs: number }>();
  return {
    isOpen: (key) => open.has(key),
    tell(key, { symbol, text, over, isSaidOnce = false }) {
      const before = open.get(key);
      const about = symbol === undefined ? {} : { symbol };
      const now = nowMs();
      if (text === undefined) {
        if (before === undefined) return;
        open.delete(key);
        told(`${over} after ${durationWords(now - before.sinceMs)}`, about);
      } else if (before === undefined) {
        open.set(key, { sinceMs: now, saidMs: now, pauseMs: FIRST_PAUSE_MS });
        told(text, { ...about, fault: text });
      } else if (!isSaidOnce && now - before.saidMs >= before.pauseMs) {
        before.saidMs = now;
        before.pauseMs = Math.min(2 * before.pauseMs, LONGEST_PAUSE_MS);
        told(`for ${durationWords(now - before.sinceMs)} now: ${text}`, { ...about, fault: text });
      }
    },
  };
}
