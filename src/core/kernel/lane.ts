/** One contestant in the kernel: what never changes while it plays. Its state lies in the field's arrays. */
import { type CostFractions, costFractions } from '../simulation/venue.js';
import type { Candles, MarketTable } from '../domain/market-table.js';
import type { Instrument } from '../domain/instrument.js';
import { timeframeMs } from '../domain/time.js';
import type { RiskLimits } from '../risk/limits.js';
import type { Session } from '../session/session.js';
import type { SessionPlan } from '../session/session-plan.js';
import { LONG_SIDE, NO_BAR, SHORT_SIDE } from '../strategies/signal-codes.js';
import type { Sizing } from '../strategies/signal-kind.js';
import { leverageOf } from './fast-path.js';
import type { SignalRow } from './signal-rows.js';

export interface Lane {
  readonly plan: SessionPlan;
  readonly venue: LaneVenue;
  readonly signal: SignalRow;
  readonly params: Sizing;
  /** Codes that its side hears. */
  readonly hears: number;
  readonly leverage: number;
  /** Fractions of the fill price; NaN where there is none. */
  readonly stop: number;
  readonly target: number;
  readonly maxHoldMs: number;
  readonly doublesAt: number;
  readonly intsAt: number;
  /** The general session with the same state; made when somebody needs it. */
  session: Session | undefined;
  /** Its state does not fit into the arrays: the session holds it, and plays on. */
  general: boolean;
}

/** What lanes that trade the same symbols at the same costs share. */
export interface LaneVenue {
  /** Market index of each symbol. */
  readonly index: Int32Array;
  readonly candles: readonly Candles[];
  readonly instruments: readonly Instrument[];
  readonly costs: CostFractions;
  readonly limits: RiskLimits;
}

export function laneVenue(plan: SessionPlan, market: MarketTable): LaneVenue {
  const index = Int32Array.from(plan.symbols, (symbol) => market.symbols.indexOf(symbol));
  const own = [...index].map((s) => {
    const candles = market.candles[s];
    const instrument = market.instruments[s];
    if (candles === undefined || instrument === undefined)
      throw new Error('a symbol that the market has not');
    return { candles, instrument };
  });
  return {
    index,
    candles: own.map(({ candles }) => candles),
    instruments: own.map(({ instrument }) => instrument),
    costs: costFractions(plan.costs),
    limits: plan.limits,
  };
}

export function makeLane(
  plan: SessionPlan,
  venue: LaneVenue,
  signal: SignalRow,
  at: { readonly doubles: number; readonly ints: number },
): Lane {
  const params = plan.params as Sizing;
  const side =
    params.side === 'long' ? LONG_SIDE : params.side === 'short' ? SHORT_SIDE : LONG_SIDE | SHORT_SIDE;
  return {
    plan,
    venue,
    signal,
    params,
    hears: side | NO_BAR,
    leverage: leverageOf(params),
    stop: params.stop ?? NaN,
    target: params.target ?? NaN,
    maxHoldMs: params.maxHoldBars === undefined ? NaN : params.maxHoldBars * timeframeMs(plan.timeframe),
    doublesAt: at.doubles,
    intsAt: at.ints,
    session: undefined,
    general: false,
  };
}
