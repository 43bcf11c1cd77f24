import type { MarketTable } from '../../src/core/domain/market-table.js';
import { HOUR_MS, type TimeMs } from '../../src/core/domain/time.js';
import { GENERATED_SYMBOLS, generateMarket } from '../../src/core/market/generate-market.js';
import type { SoakInstrument, SoakPlan } from './soak-plan.js';

/** Bars before the first decided one. */
export const WARMUP_BARS = 120;
const START_MS = Date.UTC(2025, 0, 6);
/** Open of the first decided bar. */
export const FROM_MS: TimeMs = START_MS + WARMUP_BARS * HOUR_MS;
/** Bars after the last decided one: the newest bar of an exchange is always an open one. */
const AFTER_BARS = 24;
/** Far more than a bar moves by itself. */
const JUMP_FACTOR = 1.9;
const DECIMALS = 8;

export function openOf(slot: number): TimeMs {
  return FROM_MS + slot * HOUR_MS;
}

export function closeOf(slot: number): TimeMs {
  return openOf(slot + 1);
}

/** What happens at the exchange: a generated market, as an exchange names its symbols. */
export function soakMarket(
  seed: number,
  slots: number,
  symbols: number,
  instrument: SoakInstrument = 'spot',
): MarketTable {
  const names = GENERATED_SYMBOLS.slice(0, symbols);
  const table = generateMarket({
    seed,
    symbols: names,
    timeframe: '1h',
    startMs: START_MS,
    length: WARMUP_BARS + slots + AFTER_BARS,
    perpetual: instrument === 'perpetual',
  });
  return { ...table, symbols: names.map((name) => name.replace(/-.*/, '/USDT')) };
}

/** The same with the real jumps of a plan: prices go to another level within one bar, and stay there. */
export function withJumps(table: MarketTable, { events }: SoakPlan): MarketTable {
  const jumped = copyOf(table, table.length);
  for (const { kind, slot, symbol } of events) {
    const candles = symbol === undefined ? undefined : jumped.candles[symbol];
    if (kind !== 'real jump' || candles === undefined) continue;
    const { open, high, low, close } = candles;
    const at = WARMUP_BARS + slot;
    const factor =
      (open[at] ?? NaN) > (table.candles[symbol ?? 0]?.open[at] ?? NaN) ? 1 / JUMP_FACTOR : JUMP_FACTOR;
    for (let t = at; t < table.length; t++) {
      for (const column of [open, high, low, close])
        if (t > at || column !== open) column[t] = tidy((column[t] ?? NaN) * factor);
      // The bar of the jump begins where the one before ended.
      high[t] = Math.max(high[t] ?? NaN, open[t] ?? NaN);
      low[t] = Math.min(low[t] ?? NaN, open[t] ?? NaN);
    }
  }
  return jumped;
}

/** The same without rates at some times. */
export function withoutRates(
  table: MarketTable,
  gone: readonly { readonly symbol: number; readonly timeMs: TimeMs }[],
): MarketTable {
  return {
    ...table,
    funding: table.funding.map((series, s) => {
      if (series === undefined) return undefined;
      const stays = (timeMs: number): boolean =>
        !gone.some((one) => one.symbol === s && one.timeMs === timeMs);
      return {
        timesMs: series.timesMs.filter(stays),
        rates: series.rates.filter((_, k) => stays(series.timesMs[k] ?? NaN)),
      };
    }),
  };
}

/** A table of its own columns, which end after `length` bars. */
export function copyOf(table: MarketTable, length: number): MarketTable {
  return {
    ...table,
    length,
    openTimesMs: table.openTimesMs.slice(0, length),
    candles: table.candles.map(({ open, high, low, close, volume }) => ({
      open: open.slice(0, length),
      high: high.slice(0, length),
      low: low.slice(0, length),
      close: close.slice(0, length),
      volume: volume.slice(0, length),
    })),
  };
}

function tidy(price: number): number {
  return Number(price.toFixed(DECIMALS));
}
