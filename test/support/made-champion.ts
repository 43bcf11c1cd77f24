import { createHash } from 'node:crypto';
import { parseRoster } from '../../src/core/arena/parse-roster.js';
import type { Champion } from '../../src/core/deployment/champion.js';
import { type Paper, playPaperRound } from '../../src/core/deployment/paper.js';
import { assertConserved } from '../../src/core/domain/account.js';
import type { Order } from '../../src/core/domain/intent.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../src/core/domain/ledger.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { createKinds } from '../../src/core/strategies/catalog.js';
import type { StrategyKind } from '../../src/core/strategies/strategy.js';

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
const kinds = createKinds();

export interface MadeChampion {
  readonly champion: Champion;
  readonly kind: StrategyKind;
}

/** A champion from a roster entry of one contestant. */
export function championOf(market: MarketTable, entry: object): MadeChampion {
  const roster = { symbols: market.symbols, instrument: 'perpetual' as const, timeframe: market.timeframe };
  const [one] = parseRoster(entry, 'test', roster, kinds);
  if (one === undefined) throw new Error('no contestant');
  const id = sha256(JSON.stringify(entry));
  return {
    champion: { id, name: one.name, manifest: one.manifest, source: 'by-hand' },
    kind: one.kind,
  };
}

export interface PaperBar {
  readonly fills: readonly LedgerEntry[];
  readonly events: readonly Record<string, unknown>[];
}

/** Plays a paper account up to slot `to`; the books are checked at every bar. */
export function playPaper(paper: Paper, to = paper.market.length, each?: () => void): PaperBar[] {
  const bars: PaperBar[] = [];
  while (paper.nextIndex < to) {
    const round = playPaperRound(paper, []);
    assertConserved(paper.session.account, 'paper');
    const doubles = round?.fills ?? new Float64Array();
    const fills = Array.from({ length: ledgerCount(doubles) }, (_, i) => readLedgerEntry(doubles, i));
    const events = (round?.events ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);
    bars.push({ fills, events });
    each?.();
  }
  return bars;
}

/** An order as a strategy's intent would become one. */
export function orderOf(order: Partial<Order> & Pick<Order, 'symbol' | 'effect' | 'direction'>): Order {
  return {
    quantity: 0,
    notionalUsd: 0,
    leverage: 1,
    stop: undefined,
    target: undefined,
    maxHoldMs: undefined,
    decidedAtMs: 0,
    ...order,
  };
}
