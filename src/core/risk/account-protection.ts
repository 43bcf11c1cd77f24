/**
 * Protections that belong to an account, whoever trades it: they look at fills and marks, never at a strategy's
 * opinion, and their sales are absolute quantities. Strict precedence: kill, portfolio, position, time, strategy.
 * All numbers that they remember are here; what belongs to one position (entry, best price) lives in the position.
 */
import { z } from 'zod';
import type { Position } from '../domain/position.js';
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import { LIMIT_TOLERANCE } from './limits.js';

const fraction = z.number().gt(0).lt(1);
const hours = z.number().gt(0).max(87_600);

/** Which protections an account has; absent ones are off. */
export const protectionRulesSchema = z.strictObject({
  /** Sells a position that lost this fraction of its entry price. */
  stopFraction: fraction.optional(),
  /** Sells a position that fell by this fraction from its best price since entry. */
  trailingStopFraction: fraction.optional(),
  /** Entries are cut so that one position's notional stays within this fraction of equity. Growth by price is let be. */
  maxWeightFraction: z.number().gt(0).optional(),
  /** Sells everything, and latches entries, when equity fell by this fraction from its mark. */
  portfolioTrailingStopFraction: fraction.optional(),
  /** Once the account gained this fraction since it was armed, a share of every position is sold, once. */
  profitTakeFraction: z.number().gt(0).optional(),
  profitTakeShare: z.number().gt(0).max(1).optional(),
  /** How long entries stay refused after a portfolio stop. */
  cooldownHours: hours.optional(),
  /** The strategy's own exits of positions younger than this are refused; no other exit ever is. */
  minHoldHours: hours.optional(),
});
export type ProtectionRules = z.infer<typeof protectionRulesSchema>;

/** Numbers only, so that they are saved as doubles; 1 means yes. */
export interface ProtectionState {
  /** Highest equity at a close since it was armed. */
  highWaterUsd: number;
  /** Equity when it was armed: gains are counted from it. */
  armedUsd: number;
  profitTaken: number;
  /** From a portfolio stop until it is armed anew: whatever is held is sold, and nothing is bought. */
  cashMode: number;
  cashModeStartedMs: TimeMs;
  cooldownUntilMs: TimeMs;
}

/** Order in which the state is saved. */
export const PROTECTION_FIELDS = [
  'highWaterUsd',
  'armedUsd',
  'profitTaken',
  'cashMode',
  'cashModeStartedMs',
  'cooldownUntilMs',
] as const satisfies readonly (keyof ProtectionState)[];

/** What a protection did, with the numbers that decided. */
export type ProtectionNews =
  | {
      readonly rule: 'portfolio-stop';
      readonly equityUsd: number;
      readonly highWaterUsd: number;
      readonly lossFraction: number;
      readonly limitFraction: number;
      readonly cooldownUntilMs: TimeMs;
    }
  | { readonly rule: 're-armed'; readonly equityUsd: number }
  | {
      readonly rule: 'profit-take';
      readonly equityUsd: number;
      readonly armedUsd: number;
      readonly gainFraction: number;
      readonly share: number;
    }
  | {
      readonly rule: 'account-stop' | 'account-trailing' | 'portfolio-stop-sale';
      readonly symbol: string;
      readonly quantity: number;
      readonly referencePrice: number;
      /** The price that was reached; null for a sale that needs none. */
      readonly level: number | null;
    }
  | {
      readonly rule: 'max-weight';
      readonly symbol: string;
      readonly askedUsd: number;
      readonly allowedUsd: number;
    };

export function armProtection(equityUsd: number): ProtectionState {
  return {
    highWaterUsd: equityUsd,
    armedUsd: equityUsd,
    profitTaken: 0,
    cashMode: 0,
    cashModeStartedMs: NaN,
    cooldownUntilMs: NaN,
  };
}

/** Everything counts from the present equity again. */
export function rearmProtection(state: ProtectionState, equityUsd: number): void {
  Object.assign(state, armProtection(equityUsd));
}

/** The cash mode ends when everything is sold and its cooldown is over, and only then is the mark set anew. */
export function cashModeEnds(state: ProtectionState, openNames: number, openMs: TimeMs): boolean {
  return state.cashMode === 1 && openNames === 0 && openMs >= state.cooldownUntilMs;
}

/**
 * Both rules of the portfolio at the mark of a close; they act at the next open. Inside a bar the lows of several
 * symbols need not coincide, so an equity "inside the bar" would be a guess; the close is not.
 */
export function checkPortfolio(
  state: ProtectionState,
  rules: ProtectionRules,
  equityUsd: number,
  openNames: number,
  closeMs: TimeMs,
): ProtectionNews | undefined {
  if (state.cashMode === 1) return undefined;
  const { portfolioTrailingStopFraction: limit, profitTakeFraction: take, profitTakeShare } = rules;
  const lossFraction = 1 - equityUsd / state.highWaterUsd;
  if (limit !== undefined && lossFraction >= limit - LIMIT_TOLERANCE) {
    const cooldownUntilMs = closeMs + (rules.cooldownHours ?? 0) * HOUR_MS;
    state.cashMode = 1;
    state.cashModeStartedMs = closeMs;
    state.cooldownUntilMs = cooldownUntilMs;
    const { highWaterUsd } = state;
    return {
      rule: 'portfolio-stop',
      equityUsd,
      highWaterUsd,
      lossFraction,
      limitFraction: limit,
      cooldownUntilMs,
    };
  }
  if (equityUsd > state.highWaterUsd) state.highWaterUsd = equityUsd;
  const gainFraction = equityUsd / state.armedUsd - 1;
  if (take === undefined || state.profitTaken === 1 || openNames === 0) return undefined;
  if (gainFraction < take - LIMIT_TOLERANCE) return undefined;
  state.profitTaken = 1;
  return {
    rule: 'profit-take',
    equityUsd,
    armedUsd: state.armedUsd,
    gainFraction,
    share: profitTakeShare ?? DEFAULT_PROFIT_SHARE,
  };
}

/** Share of every position that a profit take sells, where none is said. */
export const DEFAULT_PROFIT_SHARE = 0.5;

/** Price of the account's own stop of a position; NaN without one. */
export function fixedStop({ quantity, entryPrice }: Position, rules: ProtectionRules | undefined): number {
  return quantity === 0 ? NaN : entryPrice * (1 - Math.sign(quantity) * (rules?.stopFraction ?? NaN));
}

/** Price of the account's trailing stop; the best price is that of the bars before, so it holds for the next bar. */
export function trailingStop({ quantity, bestPrice }: Position, rules: ProtectionRules | undefined): number {
  return quantity === 0 ? NaN : bestPrice * (1 - Math.sign(quantity) * (rules?.trailingStopFraction ?? NaN));
}

/** The one of two protective prices that a losing position reaches first; NaN is none. */
export function nearerStop(quantity: number, a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  return quantity > 0 ? Math.max(a, b) : Math.min(a, b);
}
