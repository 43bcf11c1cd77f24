/**
 * The ledger: every event that moves money, as a record of doubles. Doubles because a round of a thousand
 * contestants writes many of them, because they hash and compare bit for bit, and because nothing is lost
 * in printing. `readLedgerEntry` turns one into words.
 */
export const LEDGER_EFFECTS = ['entry', 'exit', 'funding', 'model-cost'] as const;
export type LedgerEffect = (typeof LEDGER_EFFECTS)[number];

/** Append only: the index is stored. */
export const FILL_REASONS = [
  'strategy',
  'stop',
  'target',
  'max-hold',
  'liquidation',
  'funding',
  'model-cost',
  'flatten',
  'kill',
  'delisted',
  'hand-over',
  'trailing-stop',
  'account-stop',
  'account-trailing',
  'portfolio-stop',
  'profit-take',
] as const;
export type FillReason = (typeof FILL_REASONS)[number];

export interface LedgerEntry {
  /** Position in the roster. */
  readonly contestant: number;
  readonly timeMs: number;
  /** Index in the market's symbols; -1 for a model cost. */
  readonly symbol: number;
  readonly effect: LedgerEffect;
  readonly reason: FillReason;
  /** Signed: bought is positive. 0 for funding and model costs. */
  readonly quantity: number;
  readonly referencePrice: number;
  readonly price: number;
  readonly feeUsd: number;
  readonly spreadUsd: number;
  readonly slippageUsd: number;
  /** Gross result of an exit at reference prices; minus what was paid for funding and model costs. */
  readonly amountUsd: number;
  /** Part of a liquidated loss that exceeded the margin and is borne by the venue. */
  readonly absorbedUsd: number;
  readonly quantityAfter: number;
  readonly cashAfterUsd: number;
  /** Net result of the whole trade when this fill brought the position to zero, else 0. */
  readonly closedTradeNetUsd: number;
  readonly closesTrade: boolean;
}

export const LEDGER_WIDTH = 17;

/** A reusable buffer of ledger records; `reset` keeps its memory. */
export interface LedgerBuffer {
  doubles: Float64Array;
  length: number;
}

/** `records` is how many fit before it grows. */
export function createLedgerBuffer(records = 64): LedgerBuffer {
  return { doubles: new Float64Array(LEDGER_WIDTH * records), length: 0 };
}

/** Offset at which the caller writes the next record of LEDGER_WIDTH doubles. */
export function reserveRecord(buffer: LedgerBuffer): number {
  const offset = buffer.length;
  if (offset + LEDGER_WIDTH > buffer.doubles.length) {
    const larger = new Float64Array(buffer.doubles.length * 2);
    larger.set(buffer.doubles);
    buffer.doubles = larger;
  }
  buffer.length = offset + LEDGER_WIDTH;
  return offset;
}

export function writeLedgerEntry(buffer: LedgerBuffer, entry: LedgerEntry): void {
  const at = reserveRecord(buffer);
  const d = buffer.doubles;
  d[at] = entry.contestant;
  d[at + 1] = entry.timeMs;
  d[at + 2] = entry.symbol;
  d[at + 3] = LEDGER_EFFECTS.indexOf(entry.effect);
  d[at + 4] = FILL_REASONS.indexOf(entry.reason);
  d[at + 5] = entry.quantity;
  d[at + 6] = entry.referencePrice;
  d[at + 7] = entry.price;
  d[at + 8] = entry.feeUsd;
  d[at + 9] = entry.spreadUsd;
  d[at + 10] = entry.slippageUsd;
  d[at + 11] = entry.amountUsd;
  d[at + 12] = entry.absorbedUsd;
  d[at + 13] = entry.quantityAfter;
  d[at + 14] = entry.cashAfterUsd;
  d[at + 15] = entry.closedTradeNetUsd;
  d[at + 16] = entry.closesTrade ? 1 : 0;
}

const LIQUIDATION = FILL_REASONS.indexOf('liquidation');

/** Whose position the venue closed by force in a record; -1 for any other record. */
export function liquidatedContestant(doubles: Float64Array, index: number): number {
  const at = index * LEDGER_WIDTH;
  return doubles[at + 4] === LIQUIDATION ? (doubles[at] ?? -1) : -1;
}

export function ledgerCount(doubles: Float64Array): number {
  return Math.floor(doubles.length / LEDGER_WIDTH);
}

export function readLedgerEntry(doubles: Float64Array, index: number): LedgerEntry {
  const at = index * LEDGER_WIDTH;
  const value = (k: number): number => doubles[at + k] ?? NaN;
  const effect = LEDGER_EFFECTS[value(3)];
  const reason = FILL_REASONS[value(4)];
  if (effect === undefined || reason === undefined)
    throw new Error(`ledger record ${String(index)} has an unknown effect or reason`);
  return {
    contestant: value(0),
    timeMs: value(1),
    symbol: value(2),
    effect,
    reason,
    quantity: value(5),
    referencePrice: value(6),
    price: value(7),
    feeUsd: value(8),
    spreadUsd: value(9),
    slippageUsd: value(10),
    amountUsd: value(11),
    absorbedUsd: value(12),
    quantityAfter: value(13),
    cashAfterUsd: value(14),
    closedTradeNetUsd: value(15),
    closesTrade: value(16) === 1,
  };
}
