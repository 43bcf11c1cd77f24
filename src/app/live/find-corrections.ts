import type { SlotBar } from '../../core/domain/growing-market.js';
import { type MarketTable, firstIndexAtOrAfter } from '../../core/domain/market-table.js';
import { type TimeMs, timeframeMs } from '../../core/domain/time.js';
import type { Correction, MissedBar } from '../../ports/market-log.js';
import { type SymbolAnswer, sameBar, slotBarOf } from './symbol-answers.js';

/** What the venue says today of bars whose rounds have been played, by slot and symbol. */
export type KnownCorrections = Map<string, SlotBar>;

export function correctionKey(openMs: TimeMs, symbol: number): string {
  return `${String(openMs)} ${String(symbol)}`;
}

/** Bars in an answer that rounds have used otherwise, or not at all, and that nobody has noted yet; notes them. */
export function findCorrections(
  table: MarketTable,
  answers: readonly SymbolAnswer[],
  settleMs: number,
  doubted: ReadonlyMap<string, MissedBar>,
  known: KnownCorrections,
): Correction[] {
  const found: Correction[] = [];
  const barMs = timeframeMs(table.timeframe);
  answers.forEach(({ askedMs, bars }, symbol) => {
    if (askedMs === undefined) return;
    for (const [openMs, candle] of bars) {
      const t = firstIndexAtOrAfter(table, openMs);
      if (t >= table.length || table.openTimesMs[t] !== openMs || askedMs < openMs + barMs + settleMs)
        continue;
      const bar = slotBarOf(candle);
      if (bar === undefined) continue;
      const key = correctionKey(openMs, symbol);
      const used = barAt(table, symbol, t);
      const before = known.get(key) ?? used ?? doubted.get(key)?.bar;
      if (before !== undefined && sameBar(before, bar)) continue;
      known.set(key, bar);
      found.push({ openMs, symbol, kind: used === undefined ? 'late' : 'revised', bar, receivedMs: askedMs });
    }
  });
  return found;
}

function barAt(table: MarketTable, symbol: number, t: number): SlotBar | undefined {
  const candles = table.candles[symbol];
  const close = candles?.close[t] ?? NaN;
  if (candles === undefined || Number.isNaN(close)) return undefined;
  return {
    open: candles.open[t] ?? NaN,
    high: candles.high[t] ?? NaN,
    low: candles.low[t] ?? NaN,
    close,
    volume: candles.volume[t] ?? NaN,
  };
}
