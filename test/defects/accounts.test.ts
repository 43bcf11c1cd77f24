/** Defects of other systems' books that are ruled out here; the ids are listed in docs/defects.md. */
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/core/domain/intent.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../src/core/domain/ledger.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { type DecisionRecord, decideSession } from '../../src/core/session/decide.js';
import { type Session, advanceSession } from '../../src/core/session/session.js';
import type { Observation } from '../../src/core/strategies/strategy.js';
import { START_MS, bar, flatBars, marketOf } from '../support/made-market.js';
import { scripted, sessionFor } from '../support/scripted-kind.js';

interface Played {
  readonly session: Session;
  readonly fills: readonly LedgerEntry[];
  readonly equity: readonly number[];
  readonly refused: number;
}

/** Plays a script on a market: intents of the n-th decision. */
function play(
  market: MarketTable,
  script: Record<number, readonly Intent[]>,
  look?: (o: Observation) => void,
): Played {
  const kind = scripted((n, o) => {
    look?.(o);
    return script[n] ?? [];
  });
  const session = sessionFor(kind, market);
  const keep: DecisionRecord[] = [];
  const fills: LedgerEntry[] = [];
  const equity: number[] = [];
  for (let t = 0; t < market.length; t++) {
    session.venue.ledger.length = 0;
    advanceSession(session, t);
    decideSession(session, t, keep);
    const doubles = session.venue.ledger.doubles.slice(0, session.venue.ledger.length);
    for (let i = 0; i < ledgerCount(doubles); i++) fills.push(readLedgerEntry(doubles, i));
    equity.push(session.equityUsd);
  }
  return { session, fills, equity, refused: keep.reduce((sum, record) => sum + record.refused.length, 0) };
}

const open = (symbol: string, weight: number, extra: object = {}): Intent => ({
  kind: 'open',
  symbol,
  side: 'long',
  size: { weight },
  reason: 'test',
  ...extra,
});
const close = (symbol: string): Intent => ({ kind: 'close', symbol, reason: 'test' });

describe('accounts', () => {
  it('A-4: a held symbol without a bar keeps its last price; it is never worth nothing', () => {
    const bars = [...flatBars(100, 3), undefined, undefined, bar(100)];
    const { equity, session } = play(marketOf([bars, flatBars(5, 6)]), { 0: [open('A', 1)] });
    expect(equity).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
    expect(session.account.positions[0]?.staleBars).toBe(0);
  });

  it('B-3: a decision is dated by the close of its newest bar, and its newest price is that close', () => {
    const seen: [number, number][] = [];
    play(marketOf([[bar(100, 101), bar(101, 102)]]), {}, (o) => seen.push([o.nowMs, o.market.close(0)]));
    expect(seen).toEqual([
      [START_MS + HOUR_MS, 101],
      [START_MS + 2 * HOUR_MS, 102],
    ]);
  });

  it('B-21: a close needs nothing but its symbol', () => {
    const { fills, refused } = play(marketOf([flatBars(100, 4)]), { 0: [open('A', 1)], 1: [close('A')] });
    expect(fills.map((fill) => fill.effect)).toEqual(['entry', 'exit']);
    expect(refused).toBe(0);
  });

  it('B-22: a close frees the cash of a later entry, whichever is named first', () => {
    const market = marketOf([flatBars(100, 4), flatBars(10, 4)]);
    const intents = [open('B', 1), close('A')];
    for (const order of [intents, intents.toReversed()]) {
      const { session } = play(market, { 0: [open('A', 1)], 1: order });
      expect(session.account.positions.map((position) => position.quantity)).toEqual([0, 1000]);
    }
  });

  it('B-29: an exit by a stop is booked at the bar that touched it, not at the decision before or after', () => {
    const crash = { open: 100, high: 100, low: 80, close: 95, volume: 1e6 };
    const market = marketOf([[...flatBars(100, 3), crash, bar(95)]]);
    const { fills } = play(market, { 0: [open('A', 1, { stop: { fraction: 0.1 } })] });
    expect(fills.map((fill) => [fill.reason, fill.timeMs, fill.price])).toEqual([
      ['strategy', START_MS + HOUR_MS, 100],
      ['stop', START_MS + 3 * HOUR_MS, 90],
    ]);
  });

  it('B-30: the end of the data sells nothing in secret: what is held is marked at its last close', () => {
    const { fills, equity, session } = play(marketOf([[...flatBars(100, 3), bar(100, 110)]]), {
      0: [open('A', 1)],
    });
    expect(fills).toHaveLength(1);
    expect(session.account.positions[0]?.quantity).toBe(100);
    expect(equity.at(-1)).toBe(11_000);
  });

  it('C-11: a trade has its own entry and exit time and price', () => {
    const market = marketOf([[bar(100), bar(100), bar(105), bar(110), bar(120)]]);
    const { fills } = play(market, { 0: [open('A', 0.5)], 2: [close('A')] });
    expect(fills.map((fill) => [fill.timeMs - START_MS, fill.price])).toEqual([
      [HOUR_MS, 100],
      [3 * HOUR_MS, 110],
    ]);
    expect(fills[1]).toMatchObject({ closesTrade: true, closedTradeNetUsd: 500 });
  });
});
