/**
 * The simulated venue, as one session sees it. This folder says what an exchange would do with an order, a
 * stop, a funding time or a margin that is used up; it decides nothing. Order of events: DESIGN section 5.
 */
import type { CostModel } from '../domain/costs.js';
import { MAX_SLIPPAGE_FRACTION } from '../domain/costs.js';
import type { Instrument } from '../domain/instrument.js';
import type { LedgerBuffer } from '../domain/ledger.js';
import type { Candles, MarketTable } from '../domain/market-table.js';
import type { TimeMs } from '../domain/time.js';

export interface CostFractions {
  readonly takerFee: number;
  readonly halfSpread: number;
  readonly slippage: number;
  readonly impact: number;
}

/** The best prices of a symbol at one moment. */
export interface BestPrices {
  readonly bid: number;
  readonly ask: number;
}

export interface Venue {
  readonly market: MarketTable;
  /** The session's own symbols, in its order. */
  readonly candles: readonly Candles[];
  readonly instruments: readonly Instrument[];
  readonly costs: CostFractions;
  /** Market index of each of the session's own symbols. */
  readonly marketIndex: readonly number[];
  /** False when no symbol of the session has a funding series. */
  readonly hasFunding: boolean;
  /** Position in the roster, written into every ledger record. */
  readonly contestant: number;
  ledger: LedgerBuffer;
  /** Best prices by the session's own symbols, while orders fill at them instead of at a bar's prices. */
  quotes: readonly (BestPrices | undefined)[] | undefined;
  /** Stops and targets of what the bar itself has opened were watched at quotes from then on. */
  watched: boolean;
}

export function costFractions(costs: CostModel): CostFractions {
  return {
    takerFee: costs.takerFeeBps * 1e-4,
    halfSpread: costs.halfSpreadBps * 1e-4,
    slippage: costs.slippageBps * 1e-4,
    impact: costs.impactBps * 1e-4,
  };
}

/**
 * The price of a fill at the open of bar `t`, before impact: the bar's own, or the quote's side that an order of this
 * direction takes. NaN where there is none. The one place where the arena and live quotes differ.
 */
export function openPrice(venue: Venue, own: number, t: number, direction: number): number {
  if (venue.quotes === undefined) return venue.candles[own]?.open[t] ?? NaN;
  const quote = venue.quotes[own];
  if (quote === undefined) return NaN;
  return direction > 0 ? quote.ask : quote.bid;
}

/**
 * Whether a position was bought at a quote within bar `t`. The bar's open, high and low are then partly about the time before, when
 * nobody could have sold it: only its close is sure to be later.
 */
export function boughtWithin(venue: Venue, t: number, openedAtMs: TimeMs): boolean {
  return venue.watched && openedAtMs === venue.market.openTimesMs[t];
}

/** A quote has its spread in it. */
export function halfSpreadAt(venue: Venue): number {
  return venue.quotes === undefined ? venue.costs.halfSpread : 0;
}

/** The bar whose volume an order's impact is measured by: at a quote the bar itself is not known yet. */
export function impactBar(venue: Venue, t: number): number {
  return venue.quotes === undefined ? t : t - 1;
}

/**
 * Slippage as a fraction of the reference price: a constant part plus a square-root impact of the order's
 * share of the bar (the usual square-root law, e.g. Almgren et al. 2005, "Direct estimation of equity market
 * impact"). A bar without volume counts as the order's own size (ratio 1): only exits get there.
 */
export function slippageFraction(
  costs: CostFractions,
  orderNotionalUsd: number,
  barNotionalUsd: number,
): number {
  if (costs.impact === 0) return costs.slippage;
  const share = barNotionalUsd > 0 ? orderNotionalUsd / barNotionalUsd : 1;
  const fraction = costs.slippage + costs.impact * Math.sqrt(share);
  return fraction < MAX_SLIPPAGE_FRACTION ? fraction : MAX_SLIPPAGE_FRACTION;
}

/** What the way from the reference price to a fill cost beside the spread: on a grid the rest up to it is slippage too. */
export function slippagePaidUsd(
  quantity: number,
  reference: number,
  price: number,
  slip: number,
  spreadUsd: number,
  tickSize: number | undefined,
): number {
  return tickSize === undefined
    ? quantity * reference * slip
    : quantity * Math.abs(price - reference) - spreadUsd;
}
