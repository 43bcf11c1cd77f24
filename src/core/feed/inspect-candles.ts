/** What is wrong with one symbol's candles, counted and named; nothing is corrected. */
import type { SlotBar } from '../domain/growing-market.js';
import type { Candles } from '../domain/market-table.js';
import { type TimeMs, type Timeframe, timeframeMs } from '../domain/time.js';
import { DEFAULT_DOUBT_RULES, DOUBT_RETURNS, type DoubtRules, believeBar } from './second-opinion.js';

/** Candles as they stand in their file: in any order, possibly twice, possibly wrong. */
export interface RawCandles extends Candles {
  readonly openTimesMs: Float64Array;
}

export const CANDLE_FAULTS = ['gap', 'twice', 'order', 'grid', 'wrong', 'outlier', 'volume'] as const;
export type CandleFault = (typeof CANDLE_FAULTS)[number];

export interface CandleFinding {
  readonly fault: CandleFault;
  readonly openMs: TimeMs;
  readonly text: string;
}

export interface CandleInspection {
  /** Lines, whatever is wrong with them. */
  readonly bars: number;
  readonly firstMs: TimeMs | undefined;
  readonly lastMs: TimeMs | undefined;
  /** Bars between the first and the last, if none were missing. */
  readonly due: number;
  /** Of those due. */
  readonly missing: number;
  readonly longestGapBars: number;
  readonly counts: Readonly<Record<CandleFault, number>>;
  /** Bars without any trade; no fault by itself. */
  readonly withoutVolume: number;
  /** In the order of the file, the first `MOST_FINDINGS`. */
  readonly findings: readonly CandleFinding[];
}

/** More of them are counted, not listed. */
export const MOST_FINDINGS = 1_000;
/** As rounding in a file misses open or close. */
const ROUNDING_FRACTION = 1e-6;

/** Bars that are due after `afterMs` and before `beforeMs`. */
export type DueBetween = (afterMs: TimeMs, beforeMs: TimeMs) => number;

/** A bar in every slot, as markets have it that never close. */
export function everySlot(timeframe: Timeframe): DueBetween {
  const barMs = timeframeMs(timeframe);
  return (afterMs, beforeMs) => Math.max(0, Math.ceil((beforeMs - afterMs) / barMs) - 1);
}

export function inspectCandles(
  raw: RawCandles,
  timeframe: Timeframe,
  dueBetween: DueBetween = everySlot(timeframe),
  rules: DoubtRules = DEFAULT_DOUBT_RULES,
): CandleInspection {
  const times = raw.openTimesMs;
  const barMs = timeframeMs(timeframe);
  const counts = Object.fromEntries(CANDLE_FAULTS.map((fault) => [fault, 0])) as Record<CandleFault, number>;
  const findings: CandleFinding[] = [];
  const find = (fault: CandleFault, openMs: TimeMs, text: string): void => {
    counts[fault]++;
    if (findings.length < MOST_FINDINGS) findings.push({ fault, openMs, text });
  };
  const doubt = createDoubt(rules, (openMs, text) => {
    find('outlier', openMs, text);
  });
  let lastMs: TimeMs | undefined;
  let missing = 0;
  let longestGapBars = 0;
  let withoutVolume = 0;
  let good = 0;
  for (let i = 0; i < times.length; i++) {
    const openMs = times[i] ?? NaN;
    if (lastMs !== undefined && openMs <= lastMs) {
      if (openMs === lastMs) find('twice', openMs, 'the same bar again');
      else find('order', openMs, 'stands behind a later bar');
      continue;
    }
    const firstMs = times[0] ?? NaN;
    if ((openMs - firstMs) % barMs !== 0) {
      find('grid', openMs, `opens off the ${timeframe} grid of the first bar`);
      continue;
    }
    if (lastMs !== undefined) {
      const gap = dueBetween(lastMs, openMs);
      if (gap > 0) find('gap', lastMs + barMs, gap === 1 ? 'no bar' : `no bars, ${String(gap)} in a row`);
      missing += gap;
      longestGapBars = Math.max(longestGapBars, gap);
    }
    lastMs = openMs;
    good++;
    const bar = barAt(raw, i);
    const wrong = wrongBar(bar);
    if (wrong !== undefined) {
      find('wrong', openMs, wrong);
      continue;
    }
    if (bar.volume === 0) {
      withoutVolume++;
      if (bar.high > bar.low) find('volume', openMs, 'its price moved, and nothing was traded');
    }
    doubt.see(openMs, bar);
  }
  doubt.end();
  return {
    bars: times.length,
    firstMs: times[0],
    lastMs,
    due: good + missing,
    missing,
    longestGapBars,
    counts,
    withoutVolume,
    findings: findings.sort((a, b) => a.openMs - b.openMs),
  };
}

/** A bar that jumps away and is followed by one that is back: what the next bar confirms was real. */
function createDoubt(
  rules: DoubtRules,
  doubted: (openMs: TimeMs, text: string) => void,
): { see(openMs: TimeMs, bar: SlotBar): void; end(): void } {
  const closes: number[] = [];
  let pending: { readonly openMs: TimeMs; readonly bar: SlotBar; readonly text: string } | undefined;
  const settle = (): void => {
    if (pending !== undefined) doubted(pending.openMs, pending.text);
    pending = undefined;
  };
  const keep = (bar: SlotBar): void => {
    closes.push(bar.close);
    // Twice the window, so that dropping the oldest is rare.
    if (closes.length > 2 * DOUBT_RETURNS) closes.splice(0, closes.length - DOUBT_RETURNS - 1);
  };
  const least = Math.log1p(rules.leastJumpFraction);
  return {
    see(openMs, bar) {
      const last = closes.at(-1);
      const move =
        last === undefined
          ? 0
          : Math.max(...[bar.high, bar.low, bar.close].map((price) => Math.abs(Math.log(price / last))));
      // Nothing smaller is ever doubted, and the spread of the returns takes time.
      const belief =
        move <= least
          ? { believed: true as const, restores: false }
          : believeBar({ bar, closes, disbelieved: pending?.bar, second: undefined }, rules);
      if (!belief.believed) {
        // Two in a row: wherever the price went, it is the one that the next bar has to be measured by.
        if (pending !== undefined) keep(pending.bar);
        settle();
        pending = { openMs, bar, text: belief.text };
        return;
      }
      if (belief.restores && pending !== undefined) {
        keep(pending.bar);
        pending = undefined;
      }
      settle();
      keep(bar);
    },
    end: settle,
  };
}

function wrongBar({ open, high, low, close, volume }: SlotBar): string | undefined {
  for (const [name, price] of Object.entries({ open, high, low, close }))
    if (!(price > 0)) return `${name} is ${String(price)}`;
  if (!(volume >= 0)) return `volume is ${String(volume)}`;
  const top = Math.max(open, close);
  if (high < top * (1 - ROUNDING_FRACTION)) return `high ${String(high)} is below ${String(top)}`;
  const bottom = Math.min(open, close);
  return low > bottom * (1 + ROUNDING_FRACTION) ? `low ${String(low)} is above ${String(bottom)}` : undefined;
}

function barAt({ open, high, low, close, volume }: RawCandles, i: number): SlotBar {
  return {
    open: open[i] ?? NaN,
    high: high[i] ?? NaN,
    low: low[i] ?? NaN,
    close: close[i] ?? NaN,
    volume: volume[i] ?? NaN,
  };
}
