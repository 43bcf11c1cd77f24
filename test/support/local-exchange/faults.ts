import { createRandomStream } from '../../../src/core/market/random-stream.js';
import type { TimeMs } from '../../../src/core/domain/time.js';

/** What can go wrong with an answer over HTTP. */
export type AnswerFault =
  /** Status 429 with Retry-After. */
  | { readonly kind: 'rate-limited'; readonly retryAfterS?: number }
  /** Status 418: the address is banned. */
  | { readonly kind: 'banned'; readonly retryAfterS?: number }
  | { readonly kind: 'server-error'; readonly status?: number }
  /** The request is read and never answered. */
  | { readonly kind: 'no-answer' }
  /** Real milliseconds before the answer. */
  | { readonly kind: 'slow-answer'; readonly delayMs: number }
  /** Headers and half of the body, then nothing. */
  | { readonly kind: 'stalled-body' }
  | { readonly kind: 'connection-reset' }
  /** A web page in place of JSON, as firewalls and maintenance pages send it. */
  | { readonly kind: 'html-answer'; readonly status?: number }
  | { readonly kind: 'truncated-json' }
  /** The answer is that of another symbol. */
  | { readonly kind: 'wrong-symbol' };

/** What can go wrong with a stream. */
export type StreamFault =
  | { readonly kind: 'stream-refused'; readonly status?: number }
  /** The venue ends the connection. */
  | { readonly kind: 'stream-close'; readonly code?: number }
  /** The connection stays and says nothing any more: no messages, no pong. */
  | { readonly kind: 'stream-dead' }
  | { readonly kind: 'message-drop' }
  | { readonly kind: 'message-duplicate' }
  /** The message comes after the next one. */
  | { readonly kind: 'message-reorder' }
  /** The message comes so much later by the exchange's clock, after others, as it was. */
  | { readonly kind: 'message-late'; readonly delayMs: number }
  | { readonly kind: 'message-wrong-symbol' }
  | { readonly kind: 'message-truncated' };

/** What holds while it lasts. */
export type LastingFault =
  /** New connections are accepted, and then nothing. */
  | { readonly kind: 'half-open' }
  /** Candles are given as they were so long ago: a closed bar is still forming, then it appears. */
  | { readonly kind: 'late-candles'; readonly delayMs: number }
  /** The venue's own clock, and with it every bar's end, is ahead by so much (behind when negative). */
  | { readonly kind: 'clock-skew'; readonly skewMs: number };

export type Fault = AnswerFault | StreamFault | LastingFault;

/** When a fault strikes: all that is given must hold. With nothing given it strikes always. */
export interface FaultTerms {
  /** So many times, then no more. */
  readonly times?: number;
  /** By the exchange's clock. */
  readonly fromMs?: TimeMs;
  readonly untilMs?: TimeMs;
  /** By the exchange's seeded generator. */
  readonly probability?: number;
  /** Requests by path, streams by the name of the subscription. */
  readonly only?: RegExp;
}

export interface PlacedFault {
  readonly fault: Fault;
  /** How often it has struck. */
  hits(): number;
  remove(): void;
}

export interface Faults {
  add(fault: Fault, terms?: FaultTerms): PlacedFault;
  clear(): void;
}

export interface FaultPlan extends Faults {
  /** The first fault of these kinds that strikes now; it counts as a hit. */
  strike<K extends Fault['kind']>(
    kinds: readonly K[],
    subject: string,
  ): Extract<Fault, { kind: K }> | undefined;
  /** The faults of a kind that hold now, without a hit. */
  holding<K extends Fault['kind']>(kind: K): readonly Extract<Fault, { kind: K }>[];
}

interface Placed extends PlacedFault {
  readonly terms: FaultTerms;
  struck: number;
}

export function createFaultPlan(now: () => TimeMs, seed: number): FaultPlan {
  const random = createRandomStream(seed, 'faults of the local exchange');
  let placed: Placed[] = [];

  const holds = ({ terms, struck }: Placed): boolean =>
    struck < (terms.times ?? Infinity) &&
    now() >= (terms.fromMs ?? -Infinity) &&
    now() < (terms.untilMs ?? Infinity);

  return {
    add: (fault, terms = {}) => {
      const entry: Placed = {
        fault,
        terms,
        struck: 0,
        hits: () => entry.struck,
        remove: () => {
          placed = placed.filter((other) => other !== entry);
        },
      };
      placed.push(entry);
      return entry;
    },
    clear: () => {
      placed = [];
    },
    strike: (kinds, subject) => {
      for (const entry of placed) {
        if (!isOneOf(entry.fault, kinds) || !holds(entry)) continue;
        if (entry.terms.only?.test(subject) === false) continue;
        const { probability } = entry.terms;
        if (probability !== undefined && random.uniform() >= probability) continue;
        entry.struck++;
        return entry.fault;
      }
      return undefined;
    },
    holding: (kind) =>
      placed.flatMap((entry) => (isOneOf(entry.fault, [kind]) && holds(entry) ? [entry.fault] : [])),
  };
}

function isOneOf<K extends Fault['kind']>(
  fault: Fault,
  kinds: readonly K[],
): fault is Extract<Fault, { kind: K }> {
  return (kinds as readonly string[]).includes(fault.kind);
}
