/**
 * Realised result by first in, first out: an exit closes the oldest lots first. While a position is open this differs
 * from a book of average prices by what the lots that are left cost more or less than the average; the sum of both
 * is the same number, which is how the two books are compared.
 */
import type { BookedFill } from './booked-fill.js';

interface Lot {
  quantity: number;
  readonly price: number;
}

/** One symbol's book. Signed quantities: all lots of a symbol have one sign. */
export interface FifoBook {
  readonly symbol: string;
  /** At fill prices, so after spread and slippage; what a venue absorbed of a liquidation is added back. */
  realisedUsd: number;
  feesUsd: number;
  fundingUsd: number;
  boughtQuantity: number;
  boughtUsd: number;
  soldQuantity: number;
  soldUsd: number;
  readonly lots: Lot[];
}

/** Rounding of quantities that were cut into parts is no lot. */
const DUST_FRACTION = 1e-9;

/** The books of all symbols, in the order of their first fills. Fills are in the order of time. */
export function fifoRealised(fills: Iterable<BookedFill>): FifoBook[] {
  const books = new Map<string, FifoBook>();
  for (const fill of fills) {
    const book = books.get(fill.symbol) ?? openBook(fill.symbol);
    books.set(fill.symbol, book);
    book.feesUsd += fill.feeUsd;
    book.fundingUsd += fill.fundingUsd;
    book.realisedUsd += fill.absorbedUsd;
    if (fill.quantity !== 0) match(book, fill);
  }
  return [...books.values()];
}

function openBook(symbol: string): FifoBook {
  return {
    symbol,
    realisedUsd: 0,
    feesUsd: 0,
    fundingUsd: 0,
    boughtQuantity: 0,
    boughtUsd: 0,
    soldQuantity: 0,
    soldUsd: 0,
    lots: [],
  };
}

function match(book: FifoBook, { quantity, price }: BookedFill): void {
  if (quantity > 0) {
    book.boughtQuantity += quantity;
    book.boughtUsd += quantity * price;
  } else {
    book.soldQuantity -= quantity;
    book.soldUsd -= quantity * price;
  }
  let left = quantity;
  for (let lot = book.lots[0]; lot !== undefined && lot.quantity * left < 0; lot = book.lots[0]) {
    const closing = Math.sign(lot.quantity) * Math.min(Math.abs(lot.quantity), Math.abs(left));
    book.realisedUsd += closing * (price - lot.price);
    lot.quantity -= closing;
    left += closing;
    if (Math.abs(lot.quantity) <= DUST_FRACTION * Math.abs(closing)) book.lots.shift();
  }
  if (Math.abs(left) > DUST_FRACTION * Math.abs(quantity)) book.lots.push({ quantity: left, price });
}

/** What a book of average prices says is open, to compare with. */
export interface AveragePosition {
  readonly symbol: string;
  readonly quantity: number;
  readonly entryPrice: number;
}

export interface FifoCheck {
  readonly fifoUsd: number;
  /** What the open lots cost beyond the average price: 0 for positions that were never added to or reduced. */
  readonly openLotsUsd: number;
  readonly accountUsd: number;
  readonly differenceUsd: number;
  readonly agrees: boolean;
}

/** Agreement to the cent between FIFO, net of all fees and funding, and an account's own realised result. */
export function checkFifo(
  books: readonly FifoBook[],
  positions: readonly AveragePosition[],
  accountUsd: number,
  otherCostsUsd = 0,
): FifoCheck {
  let fifoUsd = -otherCostsUsd;
  let openLotsUsd = 0;
  for (const book of books) {
    fifoUsd += book.realisedUsd - book.feesUsd - book.fundingUsd;
    const average = positions.find(({ symbol }) => symbol === book.symbol);
    for (const lot of book.lots) openLotsUsd -= lot.quantity * lot.price;
    openLotsUsd += (average?.quantity ?? 0) * (average?.entryPrice ?? 0);
  }
  const differenceUsd = fifoUsd + openLotsUsd - accountUsd;
  return { fifoUsd, openLotsUsd, accountUsd, differenceUsd, agrees: Math.abs(differenceUsd) < 0.005 };
}
