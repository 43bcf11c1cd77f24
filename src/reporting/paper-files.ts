/** The files of the paper trader that people and other processes read. */
import type { Paper } from '../core/deployment/paper.js';
import type { LedgerEntry } from '../core/domain/ledger.js';
import { timeframeMs } from '../core/domain/time.js';
import { trippedBreaker } from '../core/risk/breakers.js';

/** `positions_state.json`: the whole account; numbers that do not exist are null. */
export function positionsStateJson(paper: Paper): string {
  const { session, champion } = paper;
  const { account, plan } = session;
  const stepMs = timeframeMs(paper.market.timeframe);
  const symbols = [...plan.symbols, ...(plan.orphans ?? [])];
  const positions = Object.fromEntries(
    symbols.flatMap((symbol, own) => {
      const p = account.positions[own];
      if (p === undefined || p.quantity === 0) return [];
      return [
        [
          symbol,
          {
            quantity: p.quantity,
            entry_price: p.entryPrice,
            mark_price: p.markPrice,
            stale_bars: p.staleBars,
            leverage: p.leverage,
            margin_usd: p.marginUsd,
            stop_price: orNull(p.stopPrice),
            target_price: orNull(p.targetPrice),
            liquidation_price: orNull(p.liquidationPrice),
            exit_due: isoOrNull(p.exitDueMs),
            best_price: p.bestPrice,
            opened_at: isoOrNull(p.openedAtMs),
            unrealized_pnl: p.quantity * (p.markPrice - p.entryPrice),
            traded_by_champion: own < plan.symbols.length,
          },
        ] as const,
      ];
    }),
  );
  const unrealized = Object.values(positions).reduce((sum, p) => sum + p.unrealized_pnl, 0);
  const content = {
    schema_version: 1,
    champion:
      champion === undefined ? null : { id: champion.id, name: champion.name, kind: champion.manifest.kind },
    generation: paper.generation,
    rounds: paper.seq,
    last_bar_closed_at: Number.isNaN(paper.lastBarMs)
      ? null
      : new Date(paper.lastBarMs + stepMs).toISOString(),
    equity: session.equityUsd,
    cash: account.cashUsd,
    initial_cash: account.depositsUsd,
    realized_pnl: session.equityUsd - account.depositsUsd - unrealized,
    unrealized_pnl: unrealized,
    fees: account.feesUsd,
    funding: account.fundingUsd,
    fills: account.fills,
    closed_trades: account.closedTrades,
    winning_trades: account.wins,
    peak_equity: session.cards[0]?.peakEquityUsd ?? session.equityUsd,
    latch: session.breakers === undefined ? null : (trippedBreaker(session.breakers) ?? null),
    losses_in_a_row: account.lossStreak,
    orders_waiting: session.orders.length,
    fault: session.fault === '' ? null : session.fault,
    positions,
    last_hash: paper.lastHash,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function isoOrNull(timeMs: number): string | null {
  return Number.isNaN(timeMs) ? null : new Date(timeMs).toISOString();
}

export const TRADES_HEADER = 'timestamp,symbol,side,qty,price,order_id,status,fee,pnl,champion,reason';
export const EQUITY_HEADER = 'timestamp,equity,exposure,champion,generation';

/** One line of `trades.csv`; undefined for what is no trade (funding). `order` names round and place within it. */
export function tradeRow(
  entry: LedgerEntry,
  order: string,
  champion: string,
  symbols: readonly string[],
): string | undefined {
  if (entry.effect !== 'entry' && entry.effect !== 'exit') return undefined;
  return [
    new Date(entry.timeMs).toISOString(),
    symbols[entry.symbol] ?? '',
    entry.quantity > 0 ? 'buy' : 'sell',
    String(Math.abs(entry.quantity)),
    String(entry.price),
    order,
    'FILLED',
    String(entry.feeUsd),
    entry.closesTrade ? String(entry.closedTradeNetUsd) : '',
    champion.slice(0, 8),
    entry.reason,
  ].join(',');
}
