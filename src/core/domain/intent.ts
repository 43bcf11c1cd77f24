import type { TimeMs } from './time.js';

/** How much: exactly one of these. Weight and risk are fractions of equity at the decision. */
export type Size =
  | { readonly weight: number }
  | { readonly riskFraction: number }
  | { readonly notionalUsd: number }
  | { readonly quantity: number };

/** A protective price, absolute or as a distance from the fill price (0.05 = 5 % away, on the losing or winning side). */
export type ProtectivePrice = { readonly price: number } | { readonly fraction: number };

export interface Protection {
  readonly stop?: ProtectivePrice;
  readonly target?: ProtectivePrice;
  /** The position is closed at the first open at or after entry + this many bars of the strategy's timeframe. */
  readonly maxHoldBars?: number;
}

interface IntentBase {
  readonly symbol: string;
  /** Short code of the rule that fired, e.g. `cross-up`. */
  readonly reason: string;
  readonly confidence?: number;
}

export interface OpenIntent extends IntentBase, Protection {
  readonly kind: 'open';
  readonly side: 'long' | 'short';
  readonly size: Size;
  readonly leverage?: number;
}

/** Brings the position to a signed weight of equity; crossing zero is a close and an open. */
export interface TargetIntent extends IntentBase, Protection {
  readonly kind: 'target';
  readonly weight: number;
  readonly leverage?: number;
}

export interface CloseIntent extends IntentBase {
  readonly kind: 'close';
}

/** Closes this fraction (0-1) of the position. */
export interface ReduceIntent extends IntentBase {
  readonly kind: 'reduce';
  readonly fraction: number;
}

export interface AdjustProtectionIntent extends IntentBase, Protection {
  readonly kind: 'adjust-protection';
}

/** What a strategy proposes. The arena owns time, money, orders and risk. */
export type Intent = OpenIntent | TargetIntent | CloseIntent | ReduceIntent | AdjustProtectionIntent;

/** An approved intent, waiting for the next open. `symbol` is the session's own symbol index. */
export interface Order {
  readonly symbol: number;
  readonly effect: 'entry' | 'exit';
  /** +1 buys, -1 sells. */
  readonly direction: 1 | -1;
  /** One of both is positive; an exit always carries a quantity. */
  readonly quantity: number;
  readonly notionalUsd: number;
  readonly leverage: number;
  readonly stop: ProtectivePrice | undefined;
  readonly target: ProtectivePrice | undefined;
  readonly maxHoldMs: number | undefined;
  readonly decidedAtMs: TimeMs;
  /** Why it was ordered, where that was not the strategy. */
  readonly reason?: 'flatten' | 'kill' | 'hand-over' | 'profit-take';
}

/** Why an intent did not become an order, or an order not a fill. Every figure that decided is in it. */
export type Refusal =
  | { readonly kind: 'unknown-symbol'; readonly symbol: string }
  | { readonly kind: 'invalid'; readonly symbol: string; readonly what: string }
  | { readonly kind: 'no-price'; readonly symbol: string }
  | { readonly kind: 'no-volume'; readonly symbol: string }
  | { readonly kind: 'nothing-to-close'; readonly symbol: string }
  | { readonly kind: 'already-held'; readonly symbol: string }
  | {
      readonly kind: 'no-cash';
      readonly symbol: string;
      readonly freeCashUsd: number;
      readonly neededUsd: number;
    }
  | {
      readonly kind: 'below-lot';
      readonly symbol: string;
      readonly quantity: number;
      readonly lotSize: number;
    }
  | {
      readonly kind: 'below-minimum';
      readonly symbol: string;
      readonly notionalUsd: number;
      readonly minimumUsd: number;
    }
  | {
      readonly kind: 'order-too-large';
      readonly symbol: string;
      readonly notionalUsd: number;
      readonly limitUsd: number;
    }
  | {
      readonly kind: 'symbol-exposure';
      readonly symbol: string;
      readonly exposureFraction: number;
      readonly limitFraction: number;
    }
  | {
      readonly kind: 'gross-exposure';
      readonly symbol: string;
      readonly exposureFraction: number;
      readonly limitFraction: number;
    }
  | {
      readonly kind: 'class-exposure';
      readonly symbol: string;
      readonly class: string;
      readonly exposureFraction: number;
      readonly limitFraction: number;
    }
  | {
      readonly kind: 'correlated-exposure';
      readonly symbol: string;
      /** Held symbols that move along with it. */
      readonly with: string;
      readonly roomUsd: number;
      readonly minimumUsd: number;
    }
  | {
      readonly kind: 'too-many-names';
      readonly symbol: string;
      readonly open: number;
      readonly limit: number;
    }
  | { readonly kind: 'leverage'; readonly symbol: string; readonly leverage: number; readonly limit: number }
  | { readonly kind: 'breaker'; readonly symbol: string; readonly breaker: string }
  | { readonly kind: 'cooling-down'; readonly symbol: string; readonly untilMs: number }
  | { readonly kind: 'minimum-hold'; readonly symbol: string; readonly untilMs: number }
  | { readonly kind: 'short-on-spot'; readonly symbol: string }
  | {
      readonly kind: 'stop-on-wrong-side';
      readonly symbol: string;
      readonly stop: number;
      readonly price: number;
    }
  | {
      readonly kind: 'target-on-wrong-side';
      readonly symbol: string;
      readonly target: number;
      readonly price: number;
    };
