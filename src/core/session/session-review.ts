import { type Account, equityUsd } from '../domain/account.js';
import type { Instrument } from '../domain/instrument.js';
import { type TimeMs, timeframeMs } from '../domain/time.js';
import type { ProtectionState } from '../risk/account-protection.js';
import type { BreakerState } from '../risk/breakers.js';
import { returnCorrelation } from '../risk/correlation.js';
import type { RiskLimits } from '../risk/limits.js';
import type { ReviewContext } from '../risk/review-intents.js';
import type { Venue } from '../simulation/venue.js';
import type { SessionPlan } from './session-plan.js';

/** What risk reads of a session, pointed at a bar before each review: one object per session. */
export class SessionReview implements ReviewContext {
  readonly account: Account;
  readonly limits: RiskLimits;
  readonly barMs: number;
  readonly breakers: ReviewContext['breakers'];
  readonly protection: ProtectionState | undefined;
  readonly roundTripCostFraction: number;
  equityUsd = 0;
  nowMs: TimeMs = NaN;
  private t = -1;
  private readonly symbols: readonly string[];
  private readonly venue: Venue;

  constructor(
    plan: SessionPlan,
    venue: Venue,
    account: Account,
    state: BreakerState | undefined,
    protection: ProtectionState | undefined,
  ) {
    const { takerFee, halfSpread, slippage, impact } = venue.costs;
    this.account = account;
    this.limits = plan.limits;
    this.barMs = timeframeMs(plan.timeframe);
    this.breakers =
      plan.breakers === undefined || state === undefined ? undefined : { rules: plan.breakers, state };
    this.roundTripCostFraction = 2 * (takerFee + halfSpread + slippage + impact);
    this.protection = protection;
    this.symbols = plan.symbols;
    this.venue = venue;
  }

  at(t: number, nowMs: TimeMs): this {
    this.t = t;
    this.nowMs = nowMs;
    this.equityUsd = equityUsd(this.account);
    return this;
  }

  symbolIndex(symbol: string): number | undefined {
    const own = this.symbols.indexOf(symbol);
    return own === -1 ? undefined : own;
  }

  instrument(own: number): Instrument {
    const instrument = this.venue.instruments[own];
    if (instrument === undefined) throw new Error(`no instrument for symbol index ${String(own)}`);
    return instrument;
  }

  price(own: number): number {
    return this.venue.candles[own]?.close[this.t] ?? NaN;
  }

  symbolName(own: number): string {
    return this.symbols[own] ?? this.venue.instruments[own]?.symbol ?? '';
  }

  correlation(a: number, b: number): number {
    const x = this.venue.candles[a]?.close;
    const y = this.venue.candles[b]?.close;
    return x === undefined || y === undefined
      ? NaN
      : returnCorrelation(x, y, this.t, timeframeMs(this.venue.market.timeframe));
  }
}
