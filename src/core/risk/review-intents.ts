/**
 * Risk reviews what a strategy proposes. Exits come first and are never refused while something is held;
 * entries follow in intent order, each seeing what the earlier ones would already use. A refusal is a value
 * that names the limit and both figures.
 */
import type { Account } from '../domain/account.js';
import { priceOnTick } from '../domain/price-on-tick.js';
import { type Instrument, roundDownToLot } from '../domain/instrument.js';
import type {
  AdjustProtectionIntent,
  Intent,
  OpenIntent,
  Order,
  ProtectivePrice,
  Protection,
  Refusal,
  Size,
} from '../domain/intent.js';
import { type Position, positionWorthUsd } from '../domain/position.js';
import type { TimeMs } from '../domain/time.js';
import type { ProtectionState } from './account-protection.js';
import { type BreakerRules, type BreakerState, streakFactor, trippedBreaker } from './breakers.js';
import { LIMIT_TOLERANCE, type RiskLimits } from './limits.js';
import { correlatedRoom, refuseClass } from './shared-exposure.js';
import { unusableFigure } from './unusable-figure.js';

export interface ReviewContext {
  readonly account: Account;
  readonly equityUsd: number;
  readonly nowMs: TimeMs;
  readonly limits: RiskLimits;
  /** Length of the strategy's own bars. */
  readonly barMs: number;
  /** Absent for an account without breakers. */
  readonly breakers: { readonly rules: BreakerRules; readonly state: BreakerState } | undefined;
  /** Absent for an account without protections of its own. */
  readonly protection?: ProtectionState | undefined;
  /** Cost of entering and leaving as a fraction of notional: part of the loss at a stop. */
  readonly roundTripCostFraction: number;
  /** Own index of a symbol, undefined for one that the session does not trade. */
  symbolIndex(symbol: string): number | undefined;
  instrument(own: number): Instrument;
  /** Close of the newest bar; NaN when the symbol has none. */
  price(own: number): number;
  symbolName(own: number): string;
  /** Correlation of 30-day returns; NaN where it is unknown. Asked only where a limit needs it. */
  correlation(a: number, b: number): number;
}

export interface Reviewed {
  readonly orders: readonly Order[];
  readonly refusals: readonly Refusal[];
}

/** What earlier intents of this review leave. Cash counts at the close; the open may differ, and the fill clips again. */
interface Budget {
  freeCashUsd: number;
  grossUsd: number;
  openNames: number;
  /** Notional of every symbol, by its own index. */
  readonly symbolUsd: Float64Array;
  /** The side of what each symbol holds, or will. */
  readonly side: Int8Array;
}

export function reviewIntents(intents: readonly Intent[], context: ReviewContext): Reviewed {
  const orders: Order[] = [];
  const refusals: Refusal[] = [];
  const budget = startBudget(context.account);
  const entries: OpenIntent[] = [];

  for (const intent of intents) {
    const own = context.symbolIndex(intent.symbol);
    const position = own === undefined ? undefined : context.account.positions[own];
    if (own === undefined || position === undefined) {
      refusals.push({ kind: 'unknown-symbol', symbol: intent.symbol });
      continue;
    }
    switch (intent.kind) {
      case 'open':
        entries.push(intent);
        break;
      case 'close':
        reviewExit(intent.symbol, own, position, 1);
        break;
      case 'reduce':
        if (intent.fraction > 0 && intent.fraction <= 1)
          reviewExit(intent.symbol, own, position, intent.fraction);
        else
          refusals.push({
            kind: 'invalid',
            symbol: intent.symbol,
            what: `fraction ${String(intent.fraction)}`,
          });
        break;
      case 'target':
        reviewTarget(own, position, intent);
        break;
      case 'adjust-protection':
        adjust(own, position, intent);
        break;
    }
  }
  for (const intent of entries) {
    const own = context.symbolIndex(intent.symbol);
    if (own === undefined) continue;
    const review = reviewEntry(own, intent, context, budget);
    if ('kind' in review) refusals.push(review);
    else orders.push(review);
  }
  return { orders, refusals };

  function reviewExit(symbol: string, own: number, position: Position, fraction: number): void {
    if (position.quantity === 0) {
      refusals.push({ kind: 'nothing-to-close', symbol });
      return;
    }
    const quantity = Math.abs(position.quantity) * fraction;
    const freedUsd = quantity * position.markPrice;
    budget.grossUsd -= freedUsd;
    budget.freeCashUsd += fraction * positionWorthUsd(position);
    budget.symbolUsd[own] = (budget.symbolUsd[own] ?? 0) - freedUsd;
    if (fraction === 1) budget.openNames--;
    orders.push(exitOrder(own, position, quantity, context.nowMs));
  }

  function reviewTarget(own: number, position: Position, intent: Extract<Intent, { kind: 'target' }>): void {
    if (!Number.isFinite(intent.weight)) {
      refusals.push({ kind: 'invalid', symbol: intent.symbol, what: `weight ${String(intent.weight)}` });
      return;
    }
    const heldUsd = position.quantity * position.markPrice;
    const wantedUsd = intent.weight * context.equityUsd;
    if (position.quantity !== 0 && heldUsd * wantedUsd <= 0) {
      reviewExit(intent.symbol, own, position, 1);
      if (wantedUsd === 0) return;
    } else if (Math.abs(wantedUsd) < Math.abs(heldUsd)) {
      reviewExit(intent.symbol, own, position, 1 - Math.abs(wantedUsd / heldUsd));
      return;
    }
    const addUsd = heldUsd * wantedUsd > 0 ? Math.abs(wantedUsd) - Math.abs(heldUsd) : Math.abs(wantedUsd);
    // A target that is met needs no order; rounding noise is not a trade.
    if (addUsd <= LIMIT_TOLERANCE * context.equityUsd) return;
    const { kind: _kind, weight, ...rest } = intent;
    entries.push({
      ...rest,
      kind: 'open',
      side: weight > 0 ? 'long' : 'short',
      size: { notionalUsd: addUsd },
    });
  }

  function adjust(own: number, position: Position, intent: AdjustProtectionIntent): void {
    if (position.quantity === 0) {
      refusals.push({ kind: 'nothing-to-close', symbol: intent.symbol });
      return;
    }
    const unusable = unusableFigure(intent);
    if (unusable !== undefined) {
      refusals.push({ kind: 'invalid', symbol: intent.symbol, what: unusable });
      return;
    }
    const price = context.price(own);
    const side = position.quantity > 0 ? 'long' : 'short';
    const wrong = wrongSide(intent.symbol, side, intent, Number.isNaN(price) ? position.markPrice : price);
    if (wrong !== undefined) {
      refusals.push(wrong);
      return;
    }
    // Protection rests at the venue already, so a changed price needs no order and no open.
    const sign = position.quantity > 0 ? 1 : -1;
    const { tickSize } = context.instrument(own);
    if (intent.stop !== undefined)
      position.stopPrice = priceOnTick(levelOf(intent.stop, position.entryPrice, -sign), -sign, tickSize);
    if (intent.target !== undefined)
      position.targetPrice = priceOnTick(levelOf(intent.target, position.entryPrice, sign), -sign, tickSize);
  }
}

function startBudget(account: Account): Budget {
  const { positions } = account;
  const symbolUsd = new Float64Array(positions.length);
  const side = new Int8Array(positions.length);
  let grossUsd = 0;
  for (let own = 0; own < positions.length; own++) {
    const position = positions[own];
    if (position === undefined || position.quantity === 0) continue;
    const usd = Math.abs(position.quantity * position.markPrice);
    symbolUsd[own] = usd;
    side[own] = Math.sign(position.quantity);
    grossUsd += usd;
  }
  return { freeCashUsd: account.cashUsd, grossUsd, openNames: account.openNames, symbolUsd, side };
}

function reviewEntry(
  own: number,
  intent: OpenIntent,
  context: ReviewContext,
  budget: Budget,
): Order | Refusal {
  const { account, limits, equityUsd } = context;
  const symbol = intent.symbol;
  const instrument = context.instrument(own);
  const position = account.positions[own];
  const price = context.price(own);
  const leverage = intent.leverage ?? 1;
  const direction = intent.side === 'long' ? 1 : -1;
  if (!(price > 0)) return { kind: 'no-price', symbol };
  if (!(leverage >= 1) || leverage > instrument.maxLeverage)
    return { kind: 'leverage', symbol, leverage, limit: instrument.maxLeverage };
  if (direction === -1 && instrument.type === 'spot') return { kind: 'short-on-spot', symbol };
  const held = position?.quantity ?? 0;
  const usedUsd = budget.symbolUsd[own] ?? 0;
  const opposes = held * direction < 0 && usedUsd > LIMIT_TOLERANCE * equityUsd;
  if (opposes) return { kind: 'already-held', symbol };
  const unusable = unusableFigure(intent);
  if (unusable !== undefined) return { kind: 'invalid', symbol, what: unusable };
  const wrong = wrongSide(symbol, intent.side, intent, price);
  if (wrong !== undefined) return wrong;
  const halted = haltOf(own, symbol, context);
  if (halted !== undefined) return halted;
  const asked = sizeOf(intent.size, intent, price, context);
  if (typeof asked === 'string') return { kind: 'invalid', symbol, what: asked };
  const factor = context.breakers === undefined ? 1 : streakFactor(account, context.breakers.rules);
  const minimumUsd = Math.max(limits.minNotionalUsd, instrument.minNotionalUsd);
  const { roomUsd, with: companions } = correlatedRoom(own, direction, budget, context);
  if (roomUsd < Math.max(minimumUsd, LIMIT_TOLERANCE * equityUsd))
    return { kind: 'correlated-exposure', symbol, with: companions.join(' '), roomUsd, minimumUsd };
  const share = factor * Math.min(1, roomUsd / (asked.notionalUsd * factor));
  const sized = { quantity: asked.quantity * share, notionalUsd: asked.notionalUsd * share };

  const quantity = sized.quantity;
  // The fill clips to free cash, so limits are checked on what can be bought.
  const notionalUsd = Math.min(sized.notionalUsd, budget.freeCashUsd * leverage);
  if (!(notionalUsd > 0))
    return {
      kind: 'no-cash',
      symbol,
      freeCashUsd: budget.freeCashUsd,
      neededUsd: sized.notionalUsd / leverage,
    };
  if (instrument.lotSize > 0 && roundDownToLot(notionalUsd / price, instrument.lotSize) === 0)
    return { kind: 'below-lot', symbol, quantity: notionalUsd / price, lotSize: instrument.lotSize };
  if (notionalUsd < minimumUsd) return { kind: 'below-minimum', symbol, notionalUsd, minimumUsd };
  if (notionalUsd > limits.maxOrderValueUsd)
    return { kind: 'order-too-large', symbol, notionalUsd, limitUsd: limits.maxOrderValueUsd };
  const symbolFraction = (usedUsd + notionalUsd) / equityUsd;
  if (symbolFraction > limits.maxSymbolExposureFraction + LIMIT_TOLERANCE)
    return {
      kind: 'symbol-exposure',
      symbol,
      exposureFraction: symbolFraction,
      limitFraction: limits.maxSymbolExposureFraction,
    };
  const grossFraction = (budget.grossUsd + notionalUsd) / equityUsd;
  if (grossFraction > limits.maxGrossExposureFraction + LIMIT_TOLERANCE)
    return {
      kind: 'gross-exposure',
      symbol,
      exposureFraction: grossFraction,
      limitFraction: limits.maxGrossExposureFraction,
    };
  const full = refuseClass(own, notionalUsd, budget, context);
  if (full !== undefined) return full;
  const opensName = usedUsd <= 0;
  if (opensName && budget.openNames >= limits.maxOpenNames)
    return { kind: 'too-many-names', symbol, open: budget.openNames, limit: limits.maxOpenNames };

  budget.grossUsd += notionalUsd;
  budget.freeCashUsd -= notionalUsd / leverage;
  budget.symbolUsd[own] = usedUsd + notionalUsd;
  budget.side[own] = direction;
  if (opensName) budget.openNames++;
  return {
    symbol: own,
    effect: 'entry',
    direction,
    quantity,
    notionalUsd: quantity > 0 ? 0 : sized.notionalUsd,
    leverage,
    stop: intent.stop,
    target: intent.target,
    maxHoldMs: intent.maxHoldBars === undefined ? undefined : intent.maxHoldBars * context.barMs,
    decidedAtMs: context.nowMs,
  };
}

/** Breakers and cooldowns refuse entries only; nothing here ever sees an exit. */
function haltOf(own: number, symbol: string, context: ReviewContext): Refusal | undefined {
  const { breakers, protection } = context;
  const latch =
    (breakers === undefined ? undefined : trippedBreaker(breakers.state)) ??
    (protection?.cashMode === 1 ? 'portfolio-stop' : undefined);
  if (latch !== undefined) return { kind: 'breaker', symbol, breaker: latch };
  if (breakers === undefined) return undefined;
  const protectedAtMs = context.account.positions[own]?.protectedAtMs ?? NaN;
  const untilMs = protectedAtMs + (breakers.rules.cooldownBars ?? 0) * context.barMs;
  return context.nowMs < untilMs ? { kind: 'cooling-down', symbol, untilMs } : undefined;
}

/** A size in dollars at the newest close; a text when it is not a usable number. */
function sizeOf(
  size: Size,
  protection: Protection,
  price: number,
  context: ReviewContext,
): { quantity: number; notionalUsd: number } | string {
  if ('quantity' in size)
    return size.quantity > 0 && Number.isFinite(size.quantity)
      ? { quantity: size.quantity, notionalUsd: size.quantity * price }
      : `quantity ${String(size.quantity)}`;
  if ('notionalUsd' in size)
    return size.notionalUsd > 0 && Number.isFinite(size.notionalUsd)
      ? { quantity: 0, notionalUsd: size.notionalUsd }
      : `notional ${String(size.notionalUsd)}`;
  if ('weight' in size)
    return size.weight > 0 && Number.isFinite(size.weight)
      ? { quantity: 0, notionalUsd: size.weight * context.equityUsd }
      : `weight ${String(size.weight)}`;
  if (!(size.riskFraction > 0 && Number.isFinite(size.riskFraction)))
    return `risk fraction ${String(size.riskFraction)}`;
  if (protection.stop === undefined) return 'a risk fraction without a stop';
  const distance =
    'price' in protection.stop ? Math.abs(price - protection.stop.price) / price : protection.stop.fraction;
  return {
    quantity: 0,
    notionalUsd: (context.equityUsd * size.riskFraction) / (distance + context.roundTripCostFraction),
  };
}

function wrongSide(
  symbol: string,
  side: 'long' | 'short',
  protection: Protection,
  price: number,
): Refusal | undefined {
  const sign = side === 'long' ? 1 : -1;
  if (protection.stop !== undefined) {
    const stop = levelOf(protection.stop, price, -sign);
    if (!(sign * (price - stop) > 0) || !(stop > 0 || sign > 0))
      return { kind: 'stop-on-wrong-side', symbol, stop, price };
  }
  if (protection.target !== undefined) {
    const target = levelOf(protection.target, price, sign);
    if (!(sign * (target - price) > 0)) return { kind: 'target-on-wrong-side', symbol, target, price };
  }
  return undefined;
}

function levelOf(protective: ProtectivePrice, base: number, sign: number): number {
  return 'price' in protective ? protective.price : base * (1 + sign * protective.fraction);
}

function exitOrder(own: number, position: Position, quantity: number, nowMs: TimeMs): Order {
  return {
    symbol: own,
    effect: 'exit',
    direction: position.quantity > 0 ? -1 : 1,
    quantity,
    notionalUsd: 0,
    leverage: position.leverage,
    stop: undefined,
    target: undefined,
    maxHoldMs: undefined,
    decidedAtMs: nowMs,
  };
}
