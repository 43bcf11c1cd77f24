import type { TimeMs } from '../../src/core/domain/time.js';

/** What the books of the recording system do otherwise than ours, each as a switch; on is as ours. */
export interface BookRules {
  /** The entry's fee is charged when a position is opened, and not once more when it is closed. */
  readonly oneFee: boolean;
  /** Stops, targets and liquidation are looked at on every bar's high and low, and not on decision closes alone. */
  readonly insideBars: boolean;
  /** An order fills at the next bar's open, and not at the close that it was decided on. */
  readonly nextOpen: boolean;
  /** Half spread and the square root of the order's share of the bar are paid. */
  readonly spread: boolean;
  readonly funding: boolean;
  /** Every readable signal counts, a close needs only its coin, closes come first, and what money is short of is cut. */
  readonly ourOrders: boolean;
}

/** The order in which they are turned; another order gives other shares of the same sum. */
export const RULES = ['oneFee', 'insideBars', 'nextOpen', 'spread', 'funding', 'ourOrders'] as const;

/** The first `count` of them as ours, the others as there. */
export function rulesWith(count: number): BookRules {
  const on = (rule: keyof BookRules): boolean => RULES.indexOf(rule) < count;
  return {
    oneFee: on('oneFee'),
    insideBars: on('insideBars'),
    nextOpen: on('nextOpen'),
    spread: on('spread'),
    funding: on('funding'),
    ourOrders: on('ourOrders'),
  };
}

export const RULES_THERE = rulesWith(0);
export const OUR_RULES = rulesWith(RULES.length);

export interface BookTrade {
  readonly coin: string;
  readonly entryMs: TimeMs;
  readonly exitMs: TimeMs;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly quantity: number;
  readonly feesUsd: number;
  readonly fundingUsd: number;
  /** What the round trip did to the cash. */
  readonly netUsd: number;
  readonly exit: 'close' | 'stop' | 'target' | 'liquidation';
}

export interface PlayedBooks {
  readonly finalUsd: number;
  readonly feesUsd: number;
  readonly fills: number;
  readonly trades: readonly BookTrade[];
  /** Coins held at the end. */
  readonly open: readonly string[];
}
