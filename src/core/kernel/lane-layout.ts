/**
 * Where a lane keeps what: one record of doubles and one of whole numbers per contestant, a head and then one part per
 * symbol. What follows from these (stops, liquidation prices, marks, exposure) is not kept.
 *
 * Every number is an exported constant of its own, which the build writes into the code that uses it: a constant of a
 * module would be a variable there, read and tested again at every use.
 */
// Doubles of the head.
export const CASH = 0;
export const REALISED = 1;
export const FEES = 2;
export const SPREAD = 3;
export const SLIPPAGE = 4;
export const FUNDING = 5;
export const GROSS_PROFIT = 6;
export const GROSS_LOSS = 7;
export const TRADED = 8;
/** Notional of every entry that waits: all entries of one decision are of one size. */
export const ORDER_USD = 9;
export const DOUBLES_HEAD = 10;

// Doubles of a symbol.
/** Signed base units. */
export const QUANTITY = 0;
export const ENTRY_PRICE = 1;
export const MARGIN = 2;
export const TRADE_NET = 3;
export const BEST_PRICE = 4;
export const DOUBLES_PER_SYMBOL = 5;

// Whole numbers of the head.
export const FILLS = 0;
export const CLOSED_TRADES = 1;
export const WINS = 2;
export const LOSS_STREAK = 3;
export const OPEN_NAMES = 4;
export const DUE_DECISIONS = 5;
export const MADE_DECISIONS = 6;
/** Index in WHY_CODES. */
export const WHY = 7;
export const INTS_HEAD = 8;

// Whole numbers of a symbol.
/** Stance + 2, and the orders that wait times 8. */
export const STATE = 0;
/** Slot of the entry's fill. */
export const OPENED = 1;
/** Slot in which a protective exit last closed the symbol; -1 when none did. */
export const PROTECTED = 2;
export const INTS_PER_SYMBOL = 3;

export const WHY_HOLD = 1;
export const WHY_ACT = 2;

export const ORDER_EXIT = 1;
export const ORDER_LONG = 2;
export const ORDER_SHORT = 4;
export const ORDER_SHIFT = 3;
export const STANCE_MASK = 7;

/** Reasons that a decision of a signal kind can have; the first is that of a session that has not decided yet. */
export const WHY_CODES = ['', 'hold', 'act'] as const;

/** The records of many lanes, one behind the other. */
export interface LaneRecords {
  readonly doubles: Float64Array;
  readonly ints: Int32Array;
}

/** Bytes of one contestant's state, without its statistics. */
export function laneBytes(symbols: number): number {
  return 8 * (DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL) + 4 * (INTS_HEAD + symbols * INTS_PER_SYMBOL);
}
