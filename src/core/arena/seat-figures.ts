/**
 * What is known of a seat after the newest round, made of what its session gave out and of nothing else. A session may have
 * played further than the round that is being closed; whatever a round reads of a seat, it reads here.
 */
import { assertInvariant } from '../domain/problem.js';
import { ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import { addToTotals } from '../metrics/add-to-totals.js';
import { type Scorecard, recordMark, recordSample } from '../metrics/scorecard.js';
import { TRADE_TOTAL_FIELDS, type TradeTotals } from '../metrics/trade-totals.js';
import type { Session } from '../session/session.js';
import { totalsOf } from '../session/totals-of.js';

export interface SeatFigures {
  /** Running statistics, one per window that somebody looks at. */
  cards: Scorecard[];
  readonly totals: TradeTotals;
  equityUsd: number;
  dueDecisions: number;
  madeDecisions: number;
  /** Why the last decision could not be made; empty when it was. */
  fault: string;
}

/** What a session says of itself: at its beginning, or when it was read back. */
export function figuresOf(session: Session, cards: Scorecard[]): SeatFigures {
  const { equityUsd, dueDecisions, madeDecisions, fault } = session;
  return { cards, totals: totalsOf(session), equityUsd, dueDecisions, madeDecisions, fault };
}

/** The close of one more bar. In the innermost loop, so without allocation. */
export function markFigures(
  figures: SeatFigures,
  equityUsd: number,
  grossExposureFraction: number,
  sampled: boolean,
): void {
  const { cards } = figures;
  figures.equityUsd = equityUsd;
  for (let k = 0; k < cards.length; k++) {
    const card = cards[k];
    if (card === undefined) continue;
    recordMark(card, equityUsd, grossExposureFraction);
    if (sampled) recordSample(card, equityUsd);
  }
}

/** Adds ledger records to the totals of whoever they belong to. */
export function addRecords(
  fills: Float64Array,
  figuresAt: (position: number) => SeatFigures | undefined,
): void {
  for (let i = 0; i < ledgerCount(fills); i++) {
    const entry = readLedgerEntry(fills, i);
    const figures = figuresAt(entry.contestant);
    if (figures !== undefined) addToTotals(figures.totals, entry);
  }
}

/** A session that has played as far as its figures says the same of itself, to the last bit. */
export function assertFigures(figures: SeatFigures, session: Session, who: string): void {
  const own = totalsOf(session);
  const differs = TRADE_TOTAL_FIELDS.find((field) => !Object.is(figures.totals[field], own[field]));
  assertInvariant(
    differs === undefined,
    () => `the ledger of ${who} gives other ${differs ?? ''} than its account`,
  );
  assertInvariant(
    Object.is(figures.equityUsd, session.equityUsd) &&
      figures.dueDecisions === session.dueDecisions &&
      figures.madeDecisions === session.madeDecisions &&
      figures.fault === session.fault,
    () => `the rounds of ${who} give another equity, decisions or fault than its session`,
  );
}
