import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Arena,
  callFinal,
  crownContestant,
  haltContestant,
  openArena,
  register,
  resetContestantBreakers,
  retire,
} from '../../src/core/arena/arena.js';
import { encodeArena } from '../../src/core/arena/arena-codec.js';
import { parseRoster } from '../../src/core/arena/parse-roster.js';
import { type Block, playBlock } from '../../src/core/arena/play-block.js';
import { closeRound, passSlot } from '../../src/core/arena/play-round.js';
import { growingMarket } from '../../src/core/domain/growing-market.js';
import { type MarketTable, slotHasBar } from '../../src/core/domain/market-table.js';
import { sliceMarket } from '../../src/core/domain/slice-market.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { type Kinds, createKinds, erase } from '../../src/core/strategies/catalog.js';
import { formula } from '../../src/core/strategies/formula/formula.js';
import type { StrategyKind } from '../../src/core/strategies/strategy.js';
import { RULES, rosterMarketOf, sha256 } from './made-arena.js';
import { START_MS } from './made-market.js';

/** Throws at every seventh decision, gives rubbish at every eleventh, and otherwise buys and sells by the count. */
const clumsy: StrategyKind<{ readonly size: number }, number> = {
  manifest: {
    kind: 'clumsy',
    version: 1,
    summary: 'fails now and then',
    feeds: {},
    parameters: z.strictObject({ size: z.number().default(0.3) }),
    costClass: 'rule',
  },
  label: () => 'clumsy',
  features: () => [],
  warmupBars: () => 0,
  code: () => 'c0de',
  begin: () => 0,
  decide(o, memory) {
    const hour = Math.floor(o.nowMs / 3_600_000);
    if (hour % 7 === 0) throw new Error('it stumbled');
    if (hour % 11 === 0) return { memory: 1 } as unknown as ReturnType<typeof clumsy.decide>;
    const symbol = o.symbols[0] ?? '';
    return {
      intents:
        memory % 5 === 0
          ? [{ kind: 'target', symbol, weight: memory % 10 === 0 ? o.params.size : 0, reason: 'counts' }]
          : [],
      memory: memory + 1,
      why: { code: memory % 5 === 0 ? 'acts' : 'waits' },
    };
  },
};

export const FIELD_KINDS: Kinds = createKinds([erase(formula), erase(clumsy)]);

/** Three perpetuals with funding, hourly, with slots in which one or all of them have no bar. */
export function fieldMarket(hours: number, seed = 7): MarketTable {
  const market = generateMarket({
    seed,
    symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
    timeframe: '1h',
    startMs: START_MS,
    length: hours,
    perpetual: true,
  });
  const table = sliceMarket(market, 0, hours);
  table.candles.forEach((candles, s) => {
    for (let t = 20; t < hours; t++) {
      const everybody = t % 53 === 0 || t % 97 < 2;
      if (!everybody && (t + 13 * s) % 41 !== 0) continue;
      for (const column of [candles.open, candles.high, candles.low, candles.close, candles.volume])
        column[t] = NaN;
    }
  });
  return table;
}

export const FIELD_ROSTER: readonly unknown[] = [
  { kind: 'buy-and-hold', symbols: ['BTCUSDT'] },
  { kind: 'sma-cross', grid: { fast: [3, 5], slow: [12, 24] }, params: { side: 'both', stop: 0.03 } },
  { kind: 'clumsy' },
  {
    kind: 'sma-cross',
    title: 'guarded',
    params: { fast: 4, slow: 9, side: 'both', exposure: 1 },
    breakers: { dayLossFraction: 0.01, drawdownFraction: 0.02, lossStreakSizing: true },
  },
  { kind: 'ema-cross', timeframe: '4h', params: { fast: 2, slow: 5 } },
  {
    kind: 'formula',
    params: { name: 'mine', entry: 'rsi(7) < 45', exit: 'rsi(7) > 60 or pnl > 0.05', stop: '0.04' },
  },
  { kind: 'rsi-bands', symbols: ['SOLUSDT'], params: { period: 5, low: 40, high: 60 } },
  { kind: 'momentum-rotation' },
  { kind: 'placebo', seeds: [1, 2] },
  { kind: 'flat' },
];

/** What happens between two bars, as a request would do it; returns the journal's events. */
export type Happening = (arena: Arena) => readonly string[];

/** Who comes, leaves, is crowned, halted and called while the field plays. */
export const HAPPENINGS: ReadonlyMap<number, Happening> = new Map<number, Happening>([
  [31, (arena) => [crownContestant(arena, 1, 1)]],
  [
    40,
    (arena) => {
      register(
        arena,
        parseRoster(
          [{ kind: 'donchian-breakout' }, { kind: 'macd-trend', timeframe: '4h' }],
          'late',
          rosterMarketOf(arena.market),
          FIELD_KINDS,
        ),
      );
      return [];
    },
  ],
  [75, (arena) => [crownContestant(arena, 6, 2)]],
  [90, (arena) => (retire(arena, 2, 'a test') ? [] : [])],
  [101, (arena) => (haltContestant(arena, 6) ? [] : [])],
  [140, (arena) => (resetContestantBreakers(arena, 6) ? [] : [])],
  [200, (arena) => [callFinal(arena, 3)].filter((event) => event !== undefined)],
  [220, (arena) => (retire(arena, 1, 'a displaced champion') ? [] : [])],
]);

export interface PlayedField {
  readonly arena: Arena;
  readonly rounds: number;
  /** Hash over every byte of every round, and over the state at the end. */
  readonly bytes: string;
  readonly state: string;
  readonly events: string;
}

export interface FieldSetup {
  readonly market: MarketTable;
  readonly roster?: readonly unknown[];
  readonly happenings?: ReadonlyMap<number, Happening>;
  /** Most rounds in a block. */
  readonly size: number;
  /** Plays on a market that has so many more slots whenever all are played, instead of the whole one. */
  readonly growsBy?: number;
  /** Where the sessions are played; here when absent. */
  readonly player?: (arena: Arena) => (slots: readonly number[]) => Block | Promise<Block>;
}

/** A market of the same bars that are told one after another; `grow` is false when all have been. */
export function grownFrom(whole: MarketTable): {
  readonly table: MarketTable;
  grow(slots: number): boolean;
} {
  const { timeframe, symbols, instruments, openTimesMs } = whole;
  const growing = growingMarket({ timeframe, symbols, instruments, firstOpenMs: openTimesMs[0] ?? NaN });
  const { table } = growing;
  const barMs = (openTimesMs[1] ?? NaN) - (openTimesMs[0] ?? NaN);
  const tellFunding = (openMs: number): void => {
    whole.funding.forEach((series, s) => {
      series?.timesMs.forEach((timeMs, k) => {
        if (timeMs >= openMs && timeMs < openMs + barMs)
          growing.addFunding(s, timeMs, series.rates[k] ?? NaN);
      });
    });
  };
  return {
    table,
    grow(slots) {
      const before = table.length;
      for (let t = before; t < Math.min(whole.length, before + slots); t++) {
        growing.append(
          whole.candles.map(({ open, high, low, close, volume }) =>
            Number.isNaN(close[t] ?? NaN)
              ? undefined
              : {
                  open: open[t] ?? NaN,
                  high: high[t] ?? NaN,
                  low: low[t] ?? NaN,
                  close: close[t] ?? NaN,
                  volume: volume[t] ?? NaN,
                },
          ),
        );
        tellFunding(openTimesMs[t] ?? NaN);
      }
      return table.length > before;
    },
  };
}

/** Plays a field from the first bar to the last in blocks, as the arena's loop does. */
export async function playField({
  market: whole,
  roster = FIELD_ROSTER,
  happenings = HAPPENINGS,
  size,
  growsBy,
  player = (arena) => (slots) => playBlock(arena, slots),
}: FieldSetup): Promise<PlayedField> {
  const growth = growsBy === undefined ? undefined : grownFrom(whole);
  const market = growth?.table ?? whole;
  const arena = openArena(
    market,
    0,
    { ...RULES, minimumHours: 72, cohort: { opensOn: 'day', looks: 'season-30', alpha: 0.1 } },
    sha256,
  );
  register(arena, parseRoster(roster, 'field', rosterMarketOf(market), FIELD_KINDS));
  const play = player(arena);
  const bytes = createHash('sha256');
  let events = '';
  for (;;) {
    if (arena.nextIndex >= market.length && growth?.grow(growsBy ?? 0) === true) arena.views.grow();
    if (arena.nextIndex >= market.length) break;
    if (!slotHasBar(market, arena.nextIndex)) {
      passSlot(arena);
      continue;
    }
    const opening: string[] = [];
    for (const [slot, happen] of happenings) if (slot === arena.nextIndex) opening.push(...happen(arena));
    const slots: number[] = [];
    for (let t = arena.nextIndex; t < market.length && slots.length < size; t++) {
      if (slots.length > 0 && happenings.has(t)) break;
      if (slotHasBar(market, t)) slots.push(t);
    }
    const block = await play(slots);
    slots.forEach((_, s) => {
      const round = closeRound(arena, block, s, s === 0 ? opening : []);
      bytes.update(JSON.stringify([round.seq, round.barMs, round.events, round.decisions, round.hash]));
      bytes.update(new Uint8Array(round.fills.buffer, round.fills.byteOffset, round.fills.byteLength));
      bytes.update(new Uint8Array(round.marks.buffer, round.marks.byteOffset, round.marks.byteLength));
      events += round.events.join('\n');
    });
  }
  return {
    arena,
    rounds: arena.seq,
    bytes: bytes.digest('hex'),
    state: sha256(encodeArena(arena, 0)),
    events,
  };
}
