import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, Note, PostOutcome } from '../../ports/notifier.js';
import { postNote } from './post-note.js';
import { createWaitingNotes, messageOf } from './waiting-notes.js';
import type { WebhookTarget } from './webhook-targets.js';

export interface ChannelRules {
  /** One attempt, reply included. */
  readonly timeoutMs: number;
  /** The first wait after a failure; it doubles with every further one. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

export const CHANNEL_RULES: ChannelRules = { timeoutMs: 5_000, retryMs: 1_000, maxRetryMs: 60_000 };

/** After so many failures of one message the next one has its turn: it may be this one that a place chokes on. */
const ATTEMPTS_IN_A_ROW = 8;

export interface Channel {
  put(note: Note): void;
  settled(): boolean;
  close(timeoutMs: number): Promise<void>;
}

/**
 * The way to one place: one message under way at a time, failures repeated with growing pauses for as long as the
 * process lives, refusals (4xx) never. While a place is down its notes wait, bounded, and the rest is counted.
 */
export function openChannel(
  target: WebhookTarget,
  rules: ChannelRules,
  told: (text: string) => void,
  delivered: (delivery: Delivery) => void,
): Channel {
  const waiting = createWaitingNotes();
  const end = new AbortController();
  let deadlineMs = Infinity;
  let work: Promise<void> | undefined;
  /** Ends a pause early, so that closing does not sit it out. */
  let pause = new AbortController();
  let failures = 0;
  let lost = 0;
  const say = (text: string): void => {
    told(`notes to ${target.place}: ${text}`);
  };

  const send = async (): Promise<void> => {
    let attempts = 0;
    for (let message = waiting.take(); message !== undefined;) {
      lost += waiting.takeLost();
      const note = withLost(messageOf(message), lost);
      const outcome = await postNote(target, note, rules.timeoutMs, end.signal);
      delivered({ place: target.place, note, outcome });
      if (outcome.kind !== 'failed') {
        succeeded(outcome);
        attempts = 0;
        message = waiting.take();
        continue;
      }
      failures++;
      attempts++;
      if (failures === 1 && !end.signal.aborted) say(`${outcome.why}; they wait and are tried again`);
      const waitMs =
        outcome.retryAfterMs ?? Math.min(rules.maxRetryMs, rules.retryMs * 2 ** Math.min(failures - 1, 20));
      const untilMs = performance.now() + waitMs;
      const mayRest = untilMs <= deadlineMs;
      if (mayRest) await rest(waitMs);
      // A pause that the place asked for is not cut short by the end of this process.
      const early = outcome.retryAfterMs !== undefined && performance.now() < untilMs - 5;
      if (!mayRest || performance.now() >= deadlineMs || (early && deadlineMs !== Infinity)) {
        waiting.putBack(message);
        return;
      }
      if (attempts < ATTEMPTS_IN_A_ROW) continue;
      attempts = 0;
      if (message.note.level === 'info') waiting.lose(message);
      else waiting.putBack(message);
      message = waiting.take();
    }
  };

  const succeeded = (outcome: PostOutcome): void => {
    if (outcome.kind === 'refused') say(`refused, and not tried again: ${outcome.why}`);
    else {
      if (failures > 0) say(`it takes notes again${lost > 0 ? `; ${String(lost)} were lost` : ''}`);
      lost = 0;
    }
    failures = 0;
  };

  const rest = async (ms: number): Promise<void> => {
    pause = new AbortController();
    try {
      // The process may end meanwhile: only `close` waits for notes.
      await sleep(ms, undefined, { signal: pause.signal, ref: false });
    } catch {
      // Woken: somebody closes.
    }
  };

  const start = (): void => {
    work ??= send().finally(() => {
      work = undefined;
      if (waiting.size > 0 && deadlineMs === Infinity) start();
    });
  };

  return {
    put(note) {
      if (deadlineMs !== Infinity) return;
      waiting.put(note);
      start();
    },
    settled: () => work === undefined && waiting.size === 0,
    async close(timeoutMs) {
      deadlineMs = performance.now() + timeoutMs;
      const limit = setTimeout(() => {
        end.abort();
        pause.abort();
      }, timeoutMs);
      // One more attempt at once, where the place itself asked for no pause.
      pause.abort();
      await work;
      clearTimeout(limit);
      end.abort();
      if (waiting.size > 0) say(`${String(waiting.size)} could not be sent before the end`);
    },
  };
}

function withLost(note: Note, lost: number): Note {
  return lost === 0 ? note : { ...note, facts: { ...note.facts, 'notes lost before': lost } };
}
