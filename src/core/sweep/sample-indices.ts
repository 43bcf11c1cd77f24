import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import { timeframeMs } from '../domain/time.js';
import { isSampleBar } from '../session/session.js';

/** Where samples lie: a curve has one value per slot with a bar, and of those the ones that close an hour are samples. */
export interface SampleIndices {
  /** In the curve. */
  readonly inCurve: Uint32Array;
  /** On the market's axis. */
  readonly onAxis: Uint32Array;
}

/** Every chunk of a sweep asks for those of the same market. */
const KNOWN = new WeakMap<MarketTable, Map<number, SampleIndices>>();

export function sampleIndices(market: MarketTable, first: number): SampleIndices {
  const known = KNOWN.get(market) ?? new Map<number, SampleIndices>();
  KNOWN.set(market, known);
  const found = known.get(first) ?? findSamples(market, first);
  known.set(first, found);
  return found;
}

function findSamples(market: MarketTable, first: number): SampleIndices {
  const barMs = timeframeMs(market.timeframe);
  const inCurve: number[] = [];
  const onAxis: number[] = [];
  let bars = 0;
  for (let t = first; t < market.length; t++) {
    if (!slotHasBar(market, t)) continue;
    if (isSampleBar(barMs, market.openTimesMs[t] ?? NaN)) {
      inCurve.push(bars);
      onAxis.push(t);
    }
    bars++;
  }
  return { inCurve: Uint32Array.from(inCurve), onAxis: Uint32Array.from(onAxis) };
}
