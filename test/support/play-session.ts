import type { Intent, OpenIntent, Size } from '../../src/core/domain/intent.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../src/core/domain/ledger.js';
import { type Metrics, summarise } from '../../src/core/metrics/summarise.js';
import { tradeTotalsSince, zeroTradeTotals } from '../../src/core/metrics/trade-totals.js';
import { totalsOf } from '../../src/core/session/totals-of.js';
import { type DecisionRecord, decideSession } from '../../src/core/session/decide.js';
import { type Session, advanceSession } from '../../src/core/session/session.js';

export interface Played {
  readonly fills: readonly LedgerEntry[];
  readonly decisions: readonly DecisionRecord[];
  /** At the close of every bar. */
  readonly equityUsd: readonly number[];
}

/** Plays the slots [from, to) of a session's market, as arena and backtest do. */
export function playSession(session: Session, from = 0, to = session.venue.market.length): Played {
  const fills: LedgerEntry[] = [];
  const decisions: DecisionRecord[] = [];
  const equityUsd: number[] = [];
  for (let t = from; t < to; t++) {
    session.venue.ledger.length = 0;
    advanceSession(session, t);
    const kept: DecisionRecord[] = [];
    decideSession(session, t, kept);
    // A record is good until the next bar, as a round writes it at once: copied, it stays as it was.
    for (const record of kept) decisions.push({ ...record, unfilled: [...record.unfilled] });
    const doubles = session.venue.ledger.doubles.slice(0, session.venue.ledger.length);
    for (let i = 0; i < ledgerCount(doubles); i++) fills.push(readLedgerEntry(doubles, i));
    equityUsd.push(session.equityUsd);
  }
  return { fills, decisions, equityUsd };
}

/** What the board would say about a session since its start, sampled hourly. */
export function metricsOf(session: Session, periodsPerYear = 8760): Metrics {
  const [card] = session.cards;
  if (card === undefined) throw new Error('the session has no scorecard');
  return summarise(card, tradeTotalsSince(totalsOf(session), zeroTradeTotals()), periodsPerYear);
}

/** A long entry with a reason; everything else as given. */
export function buy(symbol: string, size: Size, more: Partial<OpenIntent> = {}): Intent {
  return { kind: 'open', symbol, side: 'long', reason: 'test', size, ...more };
}

export function close(symbol: string): Intent {
  return { kind: 'close', symbol, reason: 'test' };
}
