/**
 * The account's protections at work in a session's bar: before the fills, at an order, against high and low, and
 * after the mark. A session whose plan has none has no guard, and nothing here is ever called.
 */
import type { Account } from '../domain/account.js';
import type { Order, Refusal } from '../domain/intent.js';
import type { FillReason } from '../domain/ledger.js';
import { assertInvariant } from '../domain/problem.js';
import { HOUR_MS } from '../domain/time.js';
import {
  type ProtectionNews,
  type ProtectionRules,
  type ProtectionState,
  armProtection,
  cashModeEnds,
  checkPortfolio,
  fixedStop,
  nearerStop,
  rearmProtection,
  trailingStop,
} from '../risk/account-protection.js';
import { LIMIT_TOLERANCE } from '../risk/limits.js';
import { fillExit } from '../simulation/fill-exit.js';
import type { ProtectiveExit } from '../simulation/protective-exits.js';
import {
  type Venue,
  boughtWithin,
  halfSpreadAt,
  impactBar,
  openPrice,
  slippageFraction,
} from '../simulation/venue.js';

export class AccountGuard {
  readonly rules: ProtectionRules;
  readonly state: ProtectionState;
  /** What happened in the bar that was played last. */
  news: ProtectionNews[] = [];
  private readonly venue: Venue;
  private readonly account: Account;
  private equityUsd: number;

  constructor(rules: ProtectionRules, venue: Venue, account: Account, equityUsd: number) {
    this.rules = rules;
    this.state = armProtection(equityUsd);
    this.venue = venue;
    this.account = account;
    this.equityUsd = equityUsd;
  }

  /**
   * At the open of bar `t`, before everything else: kill, then the portfolio's sales, then positions that open beyond
   * their stop. Returns the orders that are left. `equityUsd` is that of the close before. `again`: the same bar, for what had no
   * price at its quotes.
   */
  atOpen(
    t: number,
    orders: readonly Order[],
    equityUsd: number,
    exits: ProtectiveExit[],
    again = false,
  ): readonly Order[] {
    const { state, account } = this;
    this.equityUsd = equityUsd;
    if (!again) this.news = [];
    if (!again && cashModeEnds(state, account.openNames, this.openMs(t))) {
      rearmProtection(state, equityUsd);
      this.news.push({ rule: 're-armed', equityUsd });
    }
    const killed = this.fillOrders(t, orders, 'kill');
    if (state.cashMode === 1)
      for (let own = 0; own < account.positions.length; own++) {
        const open = this.leavingPrice(own, t);
        if (!Number.isNaN(open)) this.sell(t, own, open, null, 'portfolio-stop', exits);
      }
    const left = this.fillOrders(t, killed, 'profit-take');
    if (account.openNames > 0 && !again) this.checkStops(t, exits, true);
    return left;
  }

  /** Account stops of all positions against the high and low of bar `t`; the strategy's own are looked at afterwards. */
  checkStops(t: number, exits: ProtectiveExit[], openOnly = false): void {
    const { account, venue, rules } = this;
    for (let own = 0; own < account.positions.length; own++) {
      const position = account.positions[own];
      const candles = venue.candles[own];
      if (position === undefined || position.quantity === 0 || candles === undefined) continue;
      const isNew = boughtWithin(venue, t, position.openedAtMs);
      const open = isNew ? (candles.close[t] ?? NaN) : this.leavingPrice(own, t);
      if (Number.isNaN(open)) continue;
      const fixed = fixedStop(position, rules);
      const level = nearerStop(position.quantity, fixed, trailingStop(position, rules));
      if (Number.isNaN(level)) continue;
      const side = Math.sign(position.quantity);
      // How far a price lies beyond another one, on the losing side.
      const beyond = (price: number, limit: number): boolean => side * (limit - price) >= 0;
      const { liquidationPrice, stopPrice } = position;
      if (beyond(open, liquidationPrice)) continue;
      const gap = beyond(open, level);
      const worst = openOnly || isNew ? open : ((side > 0 ? candles.low[t] : candles.high[t]) ?? NaN);
      if (!gap && !beyond(worst, level)) continue;
      // A nearer price was reached first: the strategy's own stop, or the liquidation.
      if (!gap && (side * (stopPrice - level) > 0 || side * (liquidationPrice - level) >= 0)) continue;
      const reason = level === fixed ? 'account-stop' : 'account-trailing';
      this.sell(t, own, gap ? open : level, level, reason, exits);
    }
  }

  /** Only what the strategy itself ordered can be too early; undefined where the exit may fill. */
  holdsBack(order: Order, t: number): Refusal | undefined {
    const position = this.account.positions[order.symbol];
    const { minHoldHours } = this.rules;
    if (minHoldHours === undefined || order.reason !== undefined || position === undefined) return undefined;
    const untilMs = position.openedAtMs + minHoldHours * HOUR_MS;
    return this.openMs(t) < untilMs
      ? { kind: 'minimum-hold', symbol: this.symbolOf(order.symbol), untilMs }
      : undefined;
  }

  /** An entry within the weight that one position may have at this open; refused where no room is left. */
  admit(order: Order, t: number, minimumUsd: number): Order | Refusal {
    const symbol = this.symbolOf(order.symbol);
    if (this.state.cashMode === 1) return { kind: 'breaker', symbol, breaker: 'portfolio-stop' };
    const { maxWeightFraction } = this.rules;
    const candles = this.venue.candles[order.symbol];
    const open = openPrice(this.venue, order.symbol, t, order.direction);
    if (maxWeightFraction === undefined || candles === undefined || !(open > 0)) return order;
    const heldUsd = Math.abs(this.account.positions[order.symbol]?.quantity ?? 0) * open;
    const roomUsd = maxWeightFraction * this.equityUsd - heldUsd;
    const askedUsd = order.quantity > 0 ? order.quantity * open : order.notionalUsd;
    // A notional becomes a quantity at the fill price, and a short fills below the open.
    const impactAt = impactBar(this.venue, t);
    const barUsd = (candles.volume[impactAt] ?? 0) * (candles.close[impactAt] ?? NaN);
    const { costs } = this.venue;
    const below = halfSpreadAt(this.venue) + slippageFraction(costs, askedUsd, barUsd);
    const mostUsd = order.quantity > 0 || order.direction > 0 ? askedUsd : askedUsd / (1 - below);
    if (mostUsd <= roomUsd * (1 + LIMIT_TOLERANCE)) return order;
    if (!(roomUsd > 0) || roomUsd < minimumUsd)
      return {
        kind: 'symbol-exposure',
        symbol,
        exposureFraction: (heldUsd + askedUsd) / this.equityUsd,
        limitFraction: maxWeightFraction,
      };
    this.news.push({ rule: 'max-weight', symbol, askedUsd, allowedUsd: roomUsd });
    return { ...order, quantity: roomUsd / open, notionalUsd: 0 };
  }

  /** After the mark: the portfolio's rules. Returns orders for the next open. */
  atClose(t: number, equityUsd: number, barMs: number): readonly Order[] {
    const { state, rules, account } = this;
    const closeMs = this.openMs(t) + barMs;
    const news = checkPortfolio(state, rules, equityUsd, account.openNames, closeMs);
    if (news === undefined) return [];
    this.news.push(news);
    if (news.rule !== 'profit-take') return [];
    return account.positions.flatMap((position, own): Order[] => {
      if (position.quantity === 0) return [];
      return [
        {
          symbol: own,
          effect: 'exit',
          direction: position.quantity > 0 ? -1 : 1,
          quantity: Math.abs(position.quantity) * news.share,
          notionalUsd: 0,
          leverage: position.leverage,
          stop: undefined,
          target: undefined,
          maxHoldMs: undefined,
          decidedAtMs: closeMs,
          reason: 'profit-take',
        },
      ];
    });
  }

  /** Fills the exits of one reason; those whose symbol has no bar wait among the rest. */
  private fillOrders(t: number, orders: readonly Order[], reason: Order['reason']): readonly Order[] {
    if (!orders.some((order) => order.reason === reason)) return orders;
    return orders.filter((order) => {
      if (order.reason !== reason) return true;
      const held = this.account.positions[order.symbol]?.quantity ?? 0;
      if (held * order.direction >= 0) return false;
      const open = this.leavingPrice(order.symbol, t);
      if (Number.isNaN(open)) return true;
      fillExit(this.venue, this.account, order.symbol, order.quantity, open, reason ?? 'strategy', t);
      return false;
    });
  }

  /** Sells all of a position, and looks afterwards whether all of it is gone. */
  private sell(
    t: number,
    own: number,
    referencePrice: number,
    level: number | null,
    reason: Extract<FillReason, 'account-stop' | 'account-trailing' | 'portfolio-stop'>,
    exits: ProtectiveExit[],
  ): void {
    const position = this.account.positions[own];
    if (position === undefined || position.quantity === 0) return;
    const { quantity } = position;
    fillExit(this.venue, this.account, own, Math.abs(quantity), referencePrice, reason, t);
    assertInvariant(position.quantity === 0, () => `${reason} left ${String(position.quantity)} unsold`);
    exits.push({ symbol: own, side: quantity > 0 ? 'long' : 'short', reason });
    this.news.push({
      rule: reason === 'portfolio-stop' ? 'portfolio-stop-sale' : reason,
      symbol: this.symbolOf(own),
      quantity,
      referencePrice,
      level,
    });
  }

  /** What all of a position would bring at the open of bar `t`, before costs. */
  private leavingPrice(own: number, t: number): number {
    return openPrice(this.venue, own, t, -(this.account.positions[own]?.quantity ?? 0));
  }

  private openMs(t: number): number {
    return this.venue.market.openTimesMs[t] ?? NaN;
  }

  private symbolOf(own: number): string {
    return this.venue.instruments[own]?.symbol ?? '';
  }
}
