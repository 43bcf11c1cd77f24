/**
 * Where a lane keeps what: one record of doubles and one of whole numbers per contestant, a head and then one part per
 * symbol. What follows from these (stops, liquidation prices, marks, exposure) is not kept.
 *
 * One object, of which every module of the kernel takes what it needs into constants of its own: those are numbers in
 * compiled code, while an imported constant is read and tested again at every use (V8 of Node 20 and 22).
 */
export const LAYOUT = {
  // Doubles of the head.
  CASH: 0,
  REALISED: 1,
  FEES: 2,
  SPREAD: 3,
  SLIPPAGE: 4,
  FUNDING: 5,
  GROSS_PROFIT: 6,
  GROSS_LOSS: 7,
  TRADED: 8,
  /** Notional of every entry that waits: all entries of one decision are of one size. */
  ORDER_USD: 9,
  DOUBLES_HEAD: 10,

  // Doubles of a symbol.
  /** Signed base units. */
  QUANTITY: 0,
  ENTRY_PRICE: 1,
  MARGIN: 2,
  TRADE_NET: 3,
  BEST_PRICE: 4,
  DOUBLES_PER_SYMBOL: 5,

  // Whole numbers of the head.
  FILLS: 0,
  CLOSED_TRADES: 1,
  WINS: 2,
  LOSS_STREAK: 3,
  OPEN_NAMES: 4,
  DUE_DECISIONS: 5,
  MADE_DECISIONS: 6,
  /** Index in WHY_CODES. */
  WHY: 7,
  INTS_HEAD: 8,

  // Whole numbers of a symbol.
  /** Stance + 2, and the orders that wait times 8. */
  STATE: 0,
  /** Slot of the entry's fill. */
  OPENED: 1,
  /** Slot in which a protective exit last closed the symbol; -1 when none did. */
  PROTECTED: 2,
  INTS_PER_SYMBOL: 3,

  WHY_HOLD: 1,
  WHY_ACT: 2,

  ORDER_EXIT: 1,
  ORDER_LONG: 2,
  ORDER_SHORT: 4,
  ORDER_SHIFT: 3,
  STANCE_MASK: 7,
} as const;

const { DOUBLES_HEAD, DOUBLES_PER_SYMBOL, INTS_HEAD, INTS_PER_SYMBOL } = LAYOUT;

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
