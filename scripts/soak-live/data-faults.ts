/** What a plan does to an exchange's data, and what an arena on it must therefore have used, missed and noted. */
import type { SlotBar } from '../../src/core/domain/growing-market.js';
import { sameBar } from '../../src/app/live/symbol-answers.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../src/core/domain/time.js';
import { DEFAULT_SETTLE_RULES } from '../../src/core/feed/settle-bar.js';
import type { Correction, MissReason } from '../../src/ports/market-log.js';
import { createCandleBook } from '../../test/support/local-exchange/candle-book.js';
import { dataOfMarket } from '../../test/support/local-exchange/venue-data.js';
import { type SoakExchanges, listedName, marketOf } from './soak-exchanges.js';
import { WARMUP_BARS, closeOf, copyOf, openOf, withoutRates } from './soak-market.js';
import { type DataEvent, type SoakPlan, VERY_LATE_MS } from './soak-plan.js';

export interface ExpectedMiss {
  readonly openMs: TimeMs;
  readonly symbol: number;
  readonly reason: MissReason;
}

export interface ExpectedCorrection {
  readonly openMs: TimeMs;
  readonly symbol: number;
  readonly kind: Correction['kind'];
}

export interface Expected {
  /** What rounds are played on. */
  readonly used: MarketTable;
  /** What is known in the end. */
  readonly known: MarketTable;
  readonly missed: readonly ExpectedMiss[];
  readonly corrections: readonly ExpectedCorrection[];
  readonly lateFunding: readonly { readonly symbol: number; readonly timeMs: TimeMs }[];
}

export interface DataFaults {
  place(exchanges: Pick<SoakExchanges, 'first' | 'second'>): void;
  /**
   * `played`: what a run has used. An open bar that it took for a closed one must be the bar at one of the milliseconds in which it
   * may have been asked for: a request that takes long moves that.
   */
  expectedOf(played: MarketTable): Expected;
}

type Place = (exchanges: Pick<SoakExchanges, 'first' | 'second'>) => void;

const HALF_HOUR_MS = 30 * MINUTE_MS;
const SLOW_MS = 30_000;
const TAKEN_WITHIN_MS = 10_000;
const WRONG_FACTOR = 1.9;
/** More than two venues may differ, and less than a jump. */
const APART_FACTOR = 1.05;
/** Bars in a row without a symbol that is listed no more, until it has ended. */
const BARS_TO_END = 3;

/** Plans an exchange's data faults: what to expect, and how to place them. */
export function dataFaults(table: MarketTable, plan: SoakPlan): DataFaults {
  const length = WARMUP_BARS + plan.slots;
  const used = copyOf(table, length);
  const known = copyOf(table, length);
  const missed: ExpectedMiss[] = [];
  const corrections: ExpectedCorrection[] = [];
  const lateFunding: { symbol: number; timeMs: TimeMs }[] = [];
  /** Rates that were never told. */
  const untold: { symbol: number; timeMs: TimeMs }[] = [];
  const { instrument, delistedFrom = Infinity } = plan;
  const dying = table.symbols.length - 1;
  const placing: Place[] = [];
  const taken: ((played: MarketTable) => void)[] = [];
  const book = createCandleBook(dataOfMarket(table));
  const symbolsOf = ({ symbol, slot }: DataEvent): number[] =>
    symbol === undefined ? table.symbols.map((_, s) => s).filter((s) => lives(s, slot)) : [symbol];
  const lives = (symbol: number, slot: number): boolean => symbol !== dying || slot < delistedFrom;
  const miss = (slot: number, symbol: number, reason: MissReason): void => {
    missed.push({ openMs: openOf(slot), symbol, reason });
    writeBar(used, symbol, slot, undefined);
  };
  const correct = (slot: number, symbol: number, kind: Correction['kind']): void => {
    corrections.push({ openMs: openOf(slot), symbol, kind });
  };

  for (const event of plan.events)
    for (const symbol of symbolsOf(event)) {
      const { kind, slot, lateMs } = event;
      const plain = table.symbols[symbol] ?? '';
      const name = listedName(plain, instrument);
      const [open, close] = [openOf(slot), closeOf(slot)];
      const bar = barOf(table, symbol, slot);
      const hide = (slots: number, untilMs?: TimeMs): void => {
        placing.push(({ first: exchange }) => {
          exchange.hide(name, open, openOf(slot + slots), untilMs);
        });
      };
      const revise = (change: Partial<SlotBar>, fromMs?: TimeMs): void => {
        placing.push(({ first: exchange }) => {
          exchange.revise(name, open, change, fromMs);
        });
      };
      const forEver = (): void => {
        writeBar(known, symbol, slot, undefined);
      };
      switch (kind) {
        case 'comes late':
          hide(1, close + lateMs);
          miss(slot, symbol, 'no-bar');
          correct(slot, symbol, 'late');
          break;
        case 'comes very late':
          hide(1, close + VERY_LATE_MS);
          miss(slot, symbol, 'no-bar');
          correct(slot, symbol, 'late');
          break;
        case 'venues disagree':
          placing.push(({ second }) => {
            second?.revise(name, open, {
              close: bar.close * APART_FACTOR,
              high: Math.max(bar.high, bar.close * APART_FACTOR),
            });
          });
          miss(slot, symbol, 'quarantined');
          forEver();
          break;
        case 'rate comes late':
        case 'rate never comes': {
          const isLate = kind === 'rate comes late';
          missed.push({ openMs: open, symbol, reason: 'no-funding' });
          if (isLate) lateFunding.push({ symbol, timeMs: open });
          else untold.push({ symbol, timeMs: open });
          placing.push(({ first: exchange }) => {
            exchange.holdFunding(name, open, isLate ? open + lateMs : Infinity);
          });
          break;
        }
        case 'never comes':
        case 'no candles at all':
          hide(1);
          miss(slot, symbol, 'no-bar');
          forEver();
          break;
        case 'two come late':
          hide(2, closeOf(slot + 1) + HALF_HOUR_MS);
          for (const one of [slot, slot + 1]) {
            miss(one, symbol, 'no-bar');
            correct(one, symbol, 'late');
          }
          break;
        case 'revised':
        case 'revised twice': {
          const first = { ...bar, volume: bar.volume + 1 };
          revise(first, close + HALF_HOUR_MS);
          correct(slot, symbol, 'revised');
          writeBar(known, symbol, slot, first);
          if (kind === 'revised') break;
          const second = { ...bar, high: bar.high * 2, close: bar.close * 1.01 };
          revise(second, close + HOUR_MS + HALF_HOUR_MS);
          correct(slot, symbol, 'revised');
          writeBar(known, symbol, slot, second);
          break;
        }
        case 'wrong tick, mended':
        case 'wrong tick for ever':
          revise({ high: bar.high * WRONG_FACTOR, close: bar.high * WRONG_FACTOR });
          miss(slot, symbol, 'quarantined');
          if (kind === 'wrong tick for ever') {
            forEver();
            break;
          }
          revise({ high: bar.high, close: bar.close }, close + HALF_HOUR_MS);
          correct(slot, symbol, 'late');
          break;
        case 'real jump':
          // Two venues that agree are believed at once.
          if (instrument === 'perpetual') break;
          miss(slot, symbol, 'quarantined');
          correct(slot, symbol, 'late');
          break;
        case 'trading halted':
          hide(2);
          for (const one of [slot, slot + 1]) {
            miss(one, symbol, 'halted');
            writeBar(known, symbol, one, undefined);
          }
          placing.push(({ first: exchange }) => {
            const [fromMs, untilMs] = [open + HALF_HOUR_MS, closeOf(slot + 1) + HALF_HOUR_MS];
            exchange.clock.onMove((beforeMs, nowMs) => {
              if (beforeMs < fromMs && nowMs >= fromMs) exchange.setStatus(name, 'halted');
              if (beforeMs < untilMs && nowMs >= untilMs) exchange.setStatus(name, 'trading');
            });
          });
          break;
        case 'slow candles': {
          // Taken when a bar counts as closed without a later one: it is still the one of some seconds before its close.
          const takenMs = close + DEFAULT_SETTLE_RULES.confirmMs - SLOW_MS;
          taken.push((played) => {
            const found = barOf(played, symbol, slot);
            for (let ms = takenMs; ms <= takenMs + TAKEN_WITHIN_MS; ms++) {
              const forming = book.bar(marketOf(plain, 'spot'), HOUR_MS, open, ms);
              if (forming !== undefined && sameBar(forming, found)) writeBar(used, symbol, slot, found);
            }
          });
          correct(slot, symbol, 'revised');
          if (symbol > 0) break;
          placing.push(({ first: exchange }) => {
            exchange.faults.add(
              { kind: 'late-candles', delayMs: SLOW_MS },
              { fromMs: close - HALF_HOUR_MS / 2, untilMs: close + HALF_HOUR_MS },
            );
          });
          break;
        }
      }
    }
  if (delistedFrom < plan.slots) {
    placing.push(delisting(listedName(table.symbols[dying] ?? '', instrument), delistedFrom));
    for (let slot = delistedFrom; slot < plan.slots; slot++) {
      miss(slot, dying, 'delisted');
      writeBar(known, dying, slot, undefined);
    }
  }
  const endsMs = table.symbols.map((_, s) => (s === dying ? openOf(delistedFrom + BARS_TO_END - 1) : NaN));
  const ends = delistedFrom < plan.slots ? { endsMs: Float64Array.from(endsMs) } : {};
  return {
    expectedOf(played) {
      for (const one of taken) one(played);
      return {
        used: { ...withoutRates(used, [...lateFunding, ...untold]), ...ends },
        known: withoutRates(known, untold),
        missed,
        corrections,
        lateFunding,
      };
    },
    place(exchanges) {
      for (const one of placing) one(exchanges);
    },
  };
}

/** Within its first bar that is not told: the one before still is. */
function delisting(name: string, slot: number): Place {
  return ({ first }) => {
    const atMs = openOf(slot) + HALF_HOUR_MS;
    first.hide(name, openOf(slot), Infinity);
    first.clock.onMove((beforeMs, nowMs) => {
      if (beforeMs < atMs && nowMs >= atMs) first.setStatus(name, 'delisted');
    });
  };
}

function barOf(table: MarketTable, symbol: number, slot: number): SlotBar {
  const candles = table.candles[symbol];
  const at = (column: Float64Array | undefined): number => column?.[WARMUP_BARS + slot] ?? NaN;
  return {
    open: at(candles?.open),
    high: at(candles?.high),
    low: at(candles?.low),
    close: at(candles?.close),
    volume: at(candles?.volume),
  };
}

function writeBar(table: MarketTable, symbol: number, slot: number, bar: SlotBar | undefined): void {
  const candles = table.candles[symbol];
  if (candles === undefined) return;
  const t = WARMUP_BARS + slot;
  for (const field of ['open', 'high', 'low', 'close', 'volume'] as const)
    candles[field][t] = bar?.[field] ?? NaN;
}
