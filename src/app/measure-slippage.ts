/** Fills at live quotes against what the arena's rules would have given at the open of the same bar. */
import { type QuoteEvent, quoteEventsOf } from '../core/deployment/quote-events.js';
import type { CostModel } from '../core/domain/costs.js';
import type { CostTable } from '../core/domain/cost-table.js';
import { ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { HOUR_MS, type TimeMs, timeframeMs } from '../core/domain/time.js';
import { median } from '../core/metrics/median.js';
import { costFractions, slippageFraction } from '../core/simulation/venue.js';
import type { StoredRound } from '../ports/arena-store.js';

export interface SlippageSample {
  readonly symbol: string;
  readonly slotMs: TimeMs;
  /** Of the bar that was decided on: its close. */
  readonly hourUtc: number;
  /** Positive: dearer than simulated. */
  readonly differenceBps: number;
  readonly halfSpreadBps: number;
  /** Move of the middle from the open to the quote, against the order. */
  readonly driftBps: number;
  /** From the bar's close to the quote. */
  readonly latencyMs: number;
  /** Of it, until the decision, without what models took. */
  readonly decideMs: number;
  /** Of it, waiting for language models; undefined where none was asked. */
  readonly thinkMs: number | undefined;
  /** Of it, from the decision to the quote. */
  readonly quoteMs: number;
}

/** One per fill that orders had at a quote; fills whose bar never came have nothing to be compared with. */
export function slippageSamples(
  rounds: Iterable<StoredRound>,
  market: MarketTable,
  costs: CostModel,
): SlippageSample[] {
  const fractions = costFractions(costs);
  const barMs = timeframeMs(market.timeframe);
  const samples: SlippageSample[] = [];
  for (const { events, fills } of rounds) {
    const quotes = quoteEventsOf(events).flatMap((event) => (event.event === 'quote-fill' ? [event] : []));
    if (quotes.length === 0) continue;
    for (let i = 0; i < ledgerCount(fills); i++) {
      const fill = readLedgerEntry(fills, i);
      const quote = quotes.find((one) => one.symbol === market.symbols[fill.symbol]);
      if (quote === undefined || (fill.effect !== 'entry' && fill.effect !== 'exit')) continue;
      const direction = Math.sign(fill.quantity);
      // The same symbol may also have left at a stop, or at the open.
      if (fill.referencePrice !== (direction > 0 ? quote.ask : quote.bid) || fill.spreadUsd !== 0) continue;
      const t = Math.round((quote.slotMs - (market.openTimesMs[0] ?? NaN)) / barMs);
      const candles = market.candles[fill.symbol];
      const open = candles?.open[t] ?? NaN;
      if (candles === undefined || Number.isNaN(open)) continue;
      const barUsd = (candles.volume[t] ?? 0) * (candles.close[t] ?? NaN);
      const slip = slippageFraction(fractions, Math.abs(fill.quantity) * open, barUsd);
      const simulated = open * (1 + direction * (fractions.halfSpread + slip));
      const middle = (quote.bid + quote.ask) / 2;
      samples.push({
        symbol: quote.symbol,
        slotMs: quote.slotMs,
        hourUtc: Math.floor(quote.slotMs / HOUR_MS) % 24,
        differenceBps: (1e4 * direction * (fill.price - simulated)) / simulated,
        halfSpreadBps: (1e4 * (quote.ask - quote.bid)) / 2 / middle,
        driftBps: (1e4 * direction * (middle - open)) / open,
        ...latencyOf(quote.latencyMs),
      });
    }
  }
  return samples;
}

function latencyOf({
  thinkMs,
  decidedMs,
  quoteMs,
}: Extract<QuoteEvent, { event: 'quote-fill' }>['latencyMs']): Pick<
  SlippageSample,
  'latencyMs' | 'decideMs' | 'thinkMs' | 'quoteMs'
> {
  return {
    latencyMs: quoteMs,
    decideMs: decidedMs - (thinkMs ?? 0),
    thinkMs,
    quoteMs: quoteMs - decidedMs,
  };
}

/** Undefined without a sample. */
export function costTableOf(samples: readonly SlippageSample[], source: string): CostTable | undefined {
  const times = samples.map(({ slotMs }) => slotMs);
  if (samples.length === 0) return undefined;
  const iso = (timeMs: TimeMs): string => new Date(timeMs).toISOString();
  const symbols = [...new Set(samples.map(({ symbol }) => symbol))].toSorted();
  return {
    schemaVersion: 1,
    kind: 'cost-table',
    source,
    from: iso(Math.min(...times)),
    to: iso(Math.max(...times)),
    symbols: symbols.map((symbol) => {
      const own = samples.filter((sample) => sample.symbol === symbol);
      return {
        symbol,
        fills: own.length,
        halfSpreadBps: rounded(median(own.map((sample) => sample.halfSpreadBps)) ?? 0),
        slippageBps: rounded(median(own.map((sample) => sample.driftBps)) ?? 0),
      };
    }),
  };
}

/** More digits of a measured cost are noise, and a number that people read. */
function rounded(bps: number): number {
  return Math.round(bps * 1e4) / 1e4;
}
