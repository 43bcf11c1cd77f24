import type { Arena } from '../core/arena/arena.js';
import { shortId } from '../core/arena/contestant.js';
import { type LedgerEntry } from '../core/domain/ledger.js';
import { timeframeMs } from '../core/domain/time.js';
import type { MarketLabel } from './leaderboard-text.js';

/** What the arena's journal gives for this file: thinned equity and the newest fills. */
export interface ArenaHistory {
  /** As many as historyLimits allows, oldest first; `marks` as stored in the rounds. */
  readonly points: readonly { readonly barMs: number; readonly marks: Float64Array }[];
  /** Newest fills per contestant, oldest first. */
  readonly fills: ReadonlyMap<number, readonly LedgerEntry[]>;
}

const MOST_POINTS = 200;
const MOST_FILLS = 100;
/** Fewer for each in a large field: the file must stay one that a program can read at once. */
const ALL_POINTS = 20_000;
const ALL_FILLS = 10_000;

/** How much history each of so many accounts gets; the journal has all of it. */
export function historyLimits(accounts: number): { readonly points: number; readonly fills: number } {
  return {
    points: Math.min(MOST_POINTS, Math.max(10, Math.floor(ALL_POINTS / accounts))),
    fills: Math.min(MOST_FILLS, Math.max(5, Math.floor(ALL_FILLS / accounts))),
  };
}

/** `arena_state.json`: the accounts, in the keys that tools around the older arena read. */
export function arenaStateJson(arena: Arena, history: ArenaHistory, market: MarketLabel): string {
  const stepMs = timeframeMs(arena.market.timeframe);
  const iso = (barMs: number): string => new Date(barMs + stepMs).toISOString();
  const portfolios: Record<string, unknown> = {};
  const benchmarks: Record<string, unknown> = {};
  for (const { contestant, session, figures } of arena.seats) {
    const held = session.plan.symbols
      .map((symbol, own) => ({ symbol, position: session.account.positions[own] }))
      .filter((entry) => entry.position !== undefined && entry.position.quantity !== 0);
    const valueHistory = history.points
      .filter(({ marks }) => marks.length / 2 > contestant.position)
      .map(({ barMs, marks }) => [iso(barMs), marks[contestant.position] ?? NaN] as const)
      .filter(([, value]) => !Number.isNaN(value));
    const common = {
      name: contestant.name,
      initial_value: arena.rules.cashUsd,
      holdings: Object.fromEntries(held.map(({ symbol, position }) => [symbol, position?.quantity ?? 0])),
      value_history: valueHistory,
      created_at: new Date(contestant.joinedBarMs).toISOString(),
    };
    if (contestant.role === 'benchmark') {
      benchmarks[shortId(contestant.id)] = common;
      continue;
    }
    portfolios[shortId(contestant.id)] = {
      model_id: contestant.id,
      trial_number: contestant.training?.trial ?? null,
      training_value: null,
      role: contestant.role,
      ...common,
      cash: session.account.cashUsd,
      equity: session.equityUsd,
      entry_prices: Object.fromEntries(
        held.map(({ symbol, position }) => [symbol, position?.entryPrice ?? 0]),
      ),
      peak_value: figures.cards[0]?.peakEquityUsd ?? arena.rules.cashUsd,
      total_trades: session.account.fills,
      winning_trades: session.account.wins,
      trade_history: (history.fills.get(contestant.position) ?? []).map((fill) => ({
        ticker: arena.market.symbols[fill.symbol] ?? '',
        side: fill.quantity > 0 ? 'buy' : 'sell',
        qty: Math.abs(fill.quantity),
        price: fill.price,
        ...(fill.closesTrade ? { pnl: fill.closedTradeNetUsd } : {}),
        reason: fill.reason,
        timestamp: new Date(fill.timeMs).toISOString(),
      })),
      retired: contestant.retired ?? null,
      last_updated: arena.seq === 0 ? '' : iso(arena.lastBarMs),
    };
  }
  const content = {
    schema_version: 2,
    market: market.text,
    generated: market.generated,
    portfolios,
    benchmarks,
    rounds: arena.seq,
    last_updated: arena.seq === 0 ? '' : iso(arena.lastBarMs),
    last_prune_time: null,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
