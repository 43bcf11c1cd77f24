/**
 * What goes wrong in a soak, drawn once from a seed. Time is dealt in zones of twelve bars, by turns: in one zone data goes wrong
 * (bars that come late, never, or wrong), in the next everything that keeps answers waiting (bans, outages, clocks), so that
 * what must be missed follows from the plan alone. Faults that take no time of the venue strike everywhere.
 */
import { createRandomStream } from '../../src/core/market/random-stream.js';
import type { AnswerFault } from '../../test/support/local-exchange/faults.js';

/** `perpetual`: with funding, a second venue, and a symbol that is delisted on the way. */
export type SoakInstrument = 'spot' | 'perpetual';

export interface SoakSettings {
  readonly instrument: SoakInstrument;
  readonly days: number;
  readonly seed: number;
  readonly symbols: number;
  readonly contestants: number;
}

/** Of one symbol, beginning with the bar of its slot. */
export const SYMBOL_EVENTS = [
  'comes late',
  'never comes',
  'two come late',
  'revised',
  'revised twice',
  'wrong tick, mended',
  'wrong tick for ever',
  'real jump',
  'trading halted',
] as const;
/** The same, where there are rates and a second venue. */
export const PERPETUAL_EVENTS = ['comes very late', 'venues disagree'] as const;
/** Of the rate of one symbol. */
export const RATE_EVENTS = ['rate comes late', 'rate never comes'] as const;
/** Of all symbols. */
export const MARKET_EVENTS = ['slow candles', 'no candles at all'] as const;
export type DataEventKind =
  | (typeof SYMBOL_EVENTS)[number]
  | (typeof PERPETUAL_EVENTS)[number]
  | (typeof RATE_EVENTS)[number]
  | (typeof MARKET_EVENTS)[number];

export interface DataEvent {
  readonly kind: DataEventKind;
  readonly slot: number;
  /** Undefined: all of them. */
  readonly symbol: number | undefined;
  /** How long after its close a late bar comes. */
  readonly lateMs: number;
}

export type DelayKind =
  | 'ban'
  | 'told to wait'
  | 'circuit opens'
  | 'outage'
  | 'clock ahead'
  | 'clock behind'
  | 'bars seconds late'
  | 'candles seconds late';

export interface Delay {
  readonly kind: DelayKind;
  readonly slot: number;
  /** How many slots it lasts. */
  readonly slots: number;
  readonly symbol: number;
  readonly draw: number;
}

/** Strikes around the close of a slot, so many times. */
export interface QuickFault {
  readonly slot: number;
  readonly fault: AnswerFault | { readonly kind: 'half-open' };
  readonly times: number;
}

export const KILL_POINTS = ['waiting', 'asking', 'logged', 'played', 'committed'] as const;
export type KillPoint = (typeof KILL_POINTS)[number];
export interface Kill {
  readonly slot: number;
  readonly at: KillPoint;
}

export interface SoakPlan {
  readonly slots: number;
  readonly events: readonly DataEvent[];
  readonly delays: readonly Delay[];
  readonly quick: readonly QuickFault[];
  readonly kills: readonly Kill[];
  /** Slots around whose closes the second venue does not answer. */
  readonly silences: readonly number[];
  readonly instrument: SoakInstrument;
  /** The last symbol has no bar from this slot on; undefined where all of them live. */
  readonly delistedFrom: number | undefined;
}

const ZONE = 12;
/** Bars before a symbol is delisted in which nothing else happens to it. */
const LAST_QUIET = 4;
/** Slots within a zone in which symbols' events begin; each is over before the next one's. */
const SYMBOL_SLOTS = [0, 4] as const;
const MARKET_SLOT = 8;
/** Rates are due every eight bars, as the market counts them. */
const RATE_SLOT = 7;
const RATE_LATE_MS = 9_000_000;
/** A bar that comes when no answer goes back to it any more is asked for after 4, 8 and 16 bars. */
export const VERY_LATE_MS = 6.5 * 3_600_000;
const VERY_LATE_SLOTS = 10;
/** A symbol that is delisted has lived so much of the run. */
const LIVES_FRACTION = 2 / 3;
/** Late bars must have come while answers still go back to them: three bars. */
const LATE_MS = [90_000, 1_200_000, 5_400_000, 9_000_000] as const;
const QUICK: readonly QuickFault['fault'][] = [
  { kind: 'server-error', status: 503 },
  { kind: 'connection-reset' },
  { kind: 'html-answer' },
  { kind: 'truncated-json' },
  { kind: 'wrong-symbol' },
  { kind: 'no-answer' },
  { kind: 'stalled-body' },
  { kind: 'half-open' },
  { kind: 'slow-answer', delayMs: 20 },
];
const QUICK_FRACTION = 0.5;
const DELAYS: readonly DelayKind[] = [
  'clock behind',
  'ban',
  'bars seconds late',
  'outage',
  'told to wait',
  'clock ahead',
  'candles seconds late',
  'circuit opens',
];

export function drawSoakPlan({ days, seed, symbols, instrument }: SoakSettings): SoakPlan {
  const slots = days * 24;
  const stream = createRandomStream(seed, 'soak live');
  const below = (n: number): number => Math.floor(stream.uniform() * n);
  const deal = dealer(below);
  const isPerpetual = instrument === 'perpetual';
  const symbolEvents = deal<DataEventKind>(
    isPerpetual ? [...SYMBOL_EVENTS, ...PERPETUAL_EVENTS] : SYMBOL_EVENTS,
  );
  const rateEvents = deal(RATE_EVENTS);
  const marketEvents = deal(MARKET_EVENTS);
  const delayKinds = deal(DELAYS);
  const quickFaults = deal(QUICK);
  const killPoints = deal(KILL_POINTS);
  const events: DataEvent[] = [];
  const delays: Delay[] = [];
  const quick: QuickFault[] = [];
  const kills: Kill[] = [];
  const silences: number[] = [];
  const delistedFrom = isPerpetual
    ? ZONE * Math.max(1, Math.round((slots / ZONE) * LIVES_FRACTION))
    : undefined;
  const lateMs = (): number => LATE_MS[below(LATE_MS.length)] ?? 90_000;

  // The first bar and the last ones are quiet: an arena begins on a healthy venue, and corrections need bars after them.
  for (let zone = 0; zone * ZONE < slots; zone++) {
    const first = zone * ZONE + 1;
    if (zone % 2 === 0) {
      for (const at of SYMBOL_SLOTS)
        for (let symbol = 0; symbol < symbols; symbol++)
          events.push({ kind: symbolEvents(), slot: first + at, symbol, lateMs: lateMs() });
      if (isPerpetual)
        events.push({
          kind: rateEvents(),
          slot: first + RATE_SLOT,
          symbol: below(symbols),
          lateMs: RATE_LATE_MS,
        });
      events.push({
        kind: marketEvents(),
        slot: first + MARKET_SLOT,
        symbol: undefined,
        lateMs: lateMs(),
      });
    } else {
      let slot = first;
      if (isPerpetual) silences.push(first + 2, first + 3);
      // The clock is right again, and has been looked at, before the next zone.
      const end = first + ZONE - 3;
      while (slot < end) {
        const kind = delayKinds();
        const room = end - slot;
        const lasts = kind === 'outage' ? 2 + below(4) : kind.startsWith('clock') ? 1 + below(2) : 1;
        const length = Math.min(lasts, room);
        delays.push({ kind, slot, slots: length, symbol: below(symbols), draw: stream.uniform() });
        slot += length + (kind === 'outage' || kind.startsWith('clock') ? 1 : 0);
      }
    }
    for (let k = 0; k < ZONE; k++)
      if (stream.uniform() < QUICK_FRACTION)
        quick.push({ slot: first + k, fault: quickFaults(), times: 1 + below(2) });
    const early = below(ZONE / 2);
    kills.push({ slot: first + early, at: killPoints() });
    kills.push({ slot: first + early + 1 + below(ZONE / 2), at: killPoints() });
  }
  const last = slots - 5;
  const slow = new Set(events.filter(({ kind }) => kind === 'slow candles').map(({ slot }) => slot));
  const busy = new Set(delays.flatMap(({ slot, slots: length }) => range(slot, slot + length)));
  return {
    slots,
    instrument,
    silences: silences.filter((slot) => slot <= last),
    delistedFrom,
    events: events.filter(
      ({ kind, slot, symbol }) =>
        slot <= (kind === 'comes very late' ? slots - VERY_LATE_SLOTS : last) &&
        // Its last bars are quiet too.
        !(symbol === symbols - 1 && slot >= (delistedFrom ?? Infinity) - LAST_QUIET),
    ),
    delays: delays.filter(({ slot, slots: length }) => slot + length <= last),
    // What a slow candle is when it is taken depends on the second in which it is asked for.
    quick: quick.filter(({ slot }) => slot <= last && !slow.has(slot) && !busy.has(slot)),
    kills: kills.filter(({ slot }) => slot <= last),
  };
}

/** Deals every card once before any comes again. */
function dealer(below: (n: number) => number): <T>(cards: readonly T[]) => () => T {
  return <T>(cards: readonly T[]) => {
    let left: T[] = [];
    return () => {
      if (left.length === 0) left = [...cards];
      const [card] = left.splice(below(left.length), 1);
      if (card === undefined) throw new Error('nothing to deal');
      return card;
    };
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, k) => from + k);
}
