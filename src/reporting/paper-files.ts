/** The files of the paper trader that people and other processes read. */
import { equityNow } from '../core/deployment/open-at-quotes.js';
import type { Paper } from '../core/deployment/paper.js';
import type { LedgerEntry } from '../core/domain/ledger.js';
import type { Position } from '../core/domain/position.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import type { AccountGuard } from '../core/session/account-guard.js';
import { fixedStop, nearerStop, trailingStop } from '../core/risk/account-protection.js';
import { trippedBreaker } from '../core/risk/breakers.js';

/**
 * `positions_state.json`: the whole account. Names and units that other programs know are kept (percent, 0 for a
 * protective price that does not exist); what is ours is added. `timestamp` is the close of the newest bar.
 */
export function positionsStateJson(paper: Paper, nextBarMs: TimeMs): string {
  const { session, champion } = paper;
  const { account, plan, guard } = session;
  const equityUsd = equityNow(paper);
  const stepMs = timeframeMs(paper.market.timeframe);
  const symbols = [...plan.symbols, ...(plan.orphans ?? [])];
  const positions = symbols.flatMap((symbol, own) => {
    const p = account.positions[own];
    return p === undefined || p.quantity === 0
      ? []
      : [positionRow(symbol, p, own < plan.symbols.length, guard)];
  });
  const unrealized = positions.reduce((sum, p) => sum + p.unrealized_pnl, 0);
  const peak = session.cards[0]?.peakEquityUsd ?? session.equityUsd;
  const state = guard?.state;
  const cashMode = state?.cashMode === 1;
  const latch =
    (session.breakers === undefined ? undefined : trippedBreaker(session.breakers)) ??
    (cashMode ? 'portfolio-stop' : undefined);
  const content = {
    schema_version: 2,
    timestamp: isoOrNull(paper.lastBarMs + stepMs),
    portfolio_value: equityUsd,
    cash: account.cashUsd,
    positions,
    portfolio_protection: {
      initial_value: state?.armedUsd ?? account.depositsUsd,
      high_water_mark: state?.highWaterUsd ?? peak,
      in_cash_mode: latch !== undefined,
      profit_taken: state?.profitTaken === 1,
    },
    cash_mode_started: isoOrNull(state?.cashModeStartedMs ?? NaN),
    cooldown_until: isoOrNull(state?.cooldownUntilMs ?? NaN),
    champion:
      champion === undefined
        ? null
        : { id: champion.id, name: champion.name, kind: champion.manifest.kind, source: champion.source },
    generation: paper.generation,
    refused_generation: paper.refusedGeneration > paper.generation ? paper.refusedGeneration : null,
    rounds: paper.seq,
    next_bar: new Date(nextBarMs).toISOString(),
    latch: latch ?? null,
    losses_in_a_row: account.lossStreak,
    realized_pnl: equityUsd - account.depositsUsd - unrealized,
    unrealized_pnl: unrealized,
    fees_paid: account.feesUsd,
    funding_paid: account.fundingUsd,
    fills: account.fills,
    closed_trades: account.closedTrades,
    winning_trades: account.wins,
    orders_waiting: session.orders.length,
    fault: session.fault === '' ? null : session.fault,
    last_hash: paper.lastHash,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

interface PositionRow extends Readonly<Record<string, unknown>> {
  readonly ticker: string;
  readonly unrealized_pnl: number;
}

function positionRow(
  ticker: string,
  p: Position,
  traded: boolean,
  guard: AccountGuard | undefined,
): PositionRow {
  const side = Math.sign(p.quantity);
  // The strategy's own or the account's: whichever is reached first.
  const stop = nearerStop(p.quantity, p.stopPrice, fixedStop(p, guard?.rules));
  const trailing = trailingStop(p, guard?.rules);
  return {
    ticker,
    holdings: p.quantity,
    current_price: p.markPrice,
    entry_price: p.entryPrice,
    position_value: p.quantity * p.markPrice,
    pnl_pct: (100 * side * (p.markPrice - p.entryPrice)) / p.entryPrice,
    stop_loss_price: Number.isNaN(stop) ? 0 : stop,
    trailing_stop_price: Number.isNaN(trailing) ? 0 : trailing,
    high_water_mark: p.bestPrice,
    distance_to_stop_pct: orNull((100 * side * (p.markPrice - stop)) / p.markPrice),
    // A stop sells in the bar that reaches it; only a portfolio stop can wait, for a symbol without a bar.
    stop_loss_triggered: guard?.state.cashMode === 1,
    last_trade_time: isoOrNull(p.openedAtMs),
    target_price: orNull(p.targetPrice),
    liquidation_price: orNull(p.liquidationPrice),
    leverage: p.leverage,
    margin: p.marginUsd,
    unrealized_pnl: p.quantity * (p.markPrice - p.entryPrice),
    exit_due: isoOrNull(p.exitDueMs),
    stale_bars: p.staleBars,
    traded_by_champion: traded,
  };
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
