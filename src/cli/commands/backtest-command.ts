import { resolve } from 'node:path';
import { parseParams } from '../../core/arena/parse-roster.js';
import { samplesPerYear } from '../../core/metrics/samples-per-year.js';
import { totalsOf } from '../../core/session/totals-of.js';
import { assertConserved } from '../../core/domain/account.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../core/domain/ledger.js';
import { type MarketTable } from '../../core/domain/market-table.js';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import { formatForPeople, timeframeMs } from '../../core/domain/time.js';
import { type Metrics, summarise } from '../../core/metrics/summarise.js';
import { zeroTradeTotals, tradeTotalsSince } from '../../core/metrics/trade-totals.js';
import { type SessionRun, runSession } from '../../core/kernel/run-session.js';
import { createKinds } from '../../core/strategies/catalog.js';
import { fixed, grouped } from '../../reporting/text-table.js';
import { configFor } from '../arena-config.js';
import { type CostFlags, costsFor } from '../cost-flags.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { createOutput } from '../output.js';
import { parseJsonFile } from '../parse-json-file.js';
import { positive } from '../parse-number.js';
import { candlesFor } from '../candles-for.js';

interface BacktestFlags extends CostFlags {
  readonly market?: string;
  readonly symbols?: string;
  readonly timeframe?: string;
  readonly kind: string;
  readonly params: string;
  readonly cash?: string;
  readonly quantity?: string;
  readonly from?: string;
  readonly to?: string;
  readonly seed?: string;
  readonly instrument?: string;
  readonly days?: string;
  readonly tradesCsv?: string;
  readonly equityCsv?: string;
  readonly json?: boolean;
}

/** Runs one strategy alone and prints what came of it. */
export async function backtestCommand(flags: BacktestFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { market, symbols, timeframe, seed, instrument } = flags;
  const { values } = configFor({
    ...(market === undefined ? {} : { market }),
    ...(symbols === undefined ? {} : { symbols }),
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(seed === undefined ? {} : { seed }),
    ...(instrument === undefined ? {} : { instrument }),
  });
  const kinds = await loadKinds(values.contestants.folder, mayBeFormula(flags));
  const kind = kinds.find(flags.kind);
  if (kind === undefined)
    throw new Problem('usage', `--kind: there is no kind "${flags.kind}"`, {
      hint: `did you mean "${nearest(flags.kind, kinds.names)}"? Known kinds: ${kinds.names.join(', ')}.`,
    });
  if (kind.questions !== undefined)
    throw new Problem('usage', `${flags.kind} asks a language model, and a backtest asks nobody`, {
      hint: 'repeat it over a window with: npm run study, or let it compete with: npm run arena',
    });
  const raw = parseJsonFile(flags.params, '--params');
  const quantity = flags.quantity === undefined ? {} : { quantity: positive(flags.quantity, '--quantity') };
  const params = parseParams(kind, { ...(raw as object), ...quantity }, 'backtest');
  const { table, first } = candlesFor(flags, values);
  const generated = values.market.source === 'generated';
  const cashUsd = flags.cash === undefined ? values.cashUsd : positive(flags.cash, '--cash');
  const costs = costsFor(flags, values.costs);
  const run = runSession(
    {
      position: 0,
      kind,
      params,
      seed: flags.seed === undefined ? 0 : Number(flags.seed),
      symbols: table.symbols,
      timeframe: table.timeframe,
      cashUsd,
      costs,
      limits: values.risk,
    },
    table,
    first,
  );
  assertConserved(run.session.account, kind.manifest.kind);
  const card = run.session.cards[0];
  if (card === undefined) throw new Error('a run has a scorecard');
  const totals = tradeTotalsSince(totalsOf(run.session), zeroTradeTotals());
  const metrics = summarise(card, totals, samplesPerYear(table.timeframe, table.calendar));
  await writeFiles(flags, run, table);
  output.answer({
    kind: kind.manifest.kind,
    generated,
    params,
    symbols: table.symbols,
    timeframe: table.timeframe,
    bars: run.equity.length,
    from: new Date(run.barsMs[0] ?? NaN).toISOString(),
    to: new Date((run.barsMs.at(-1) ?? NaN) + timeframeMs(table.timeframe)).toISOString(),
    startCashUsd: cashUsd,
    finalEquityUsd: run.session.equityUsd,
    fills: totals.fills,
    closedTrades: totals.closedTrades,
    refusals: run.refusals,
    fault: run.session.fault === '' ? null : run.session.fault,
    costs,
    metrics: withNulls(metrics),
  });
  if (generated) output.say('These prices are GENERATED. Nothing here says anything about a real market.');
  if (!output.json)
    for (const line of summary(run, metrics, table, kind.label(params), cashUsd)) output.say(line);
  return run.session.fault === '' ? EXIT.fine : EXIT.degraded;
}

/** A formula, or another kind that may hold one; a name that is wrong gets the whole list of kinds. */
function mayBeFormula({ kind, params }: BacktestFlags): boolean {
  return `${kind} ${params}`.includes('formula') || createKinds().find(kind) === undefined;
}

async function writeFiles(
  { tradesCsv: tradesPath, equityCsv: equityPath }: BacktestFlags,
  run: SessionRun,
  table: MarketTable,
): Promise<void> {
  if (tradesPath === undefined && equityPath === undefined) return;
  // Loaded here and not at the top: it brings all adapters along.
  const { writeTextFile } = await import('../wire.js');
  if (tradesPath !== undefined) writeTextFile(resolve(tradesPath), tradesCsv(run, table));
  if (equityPath !== undefined) writeTextFile(resolve(equityPath), equityCsv(run, table));
}

function tradesCsv(run: SessionRun, table: MarketTable): string {
  const lines = ['timestamp,symbol,side,qty,price,order_id,status,fee,pnl,reason,reference_price,cash_after'];
  for (let i = 0; i < ledgerCount(run.ledger); i++)
    lines.push(tradeLine(readLedgerEntry(run.ledger, i), i, table));
  return `${lines.join('\n')}\n`;
}

function tradeLine(entry: LedgerEntry, index: number, table: MarketTable): string {
  const side = entry.quantity === 0 ? entry.effect : entry.quantity > 0 ? 'buy' : 'sell';
  return [
    new Date(entry.timeMs).toISOString(),
    table.symbols[entry.symbol] ?? '',
    side,
    String(Math.abs(entry.quantity)),
    String(entry.price),
    String(index + 1),
    'FILLED',
    String(entry.feeUsd),
    entry.closesTrade ? String(entry.closedTradeNetUsd) : '',
    entry.reason,
    String(entry.referencePrice),
    String(entry.cashAfterUsd),
  ].join(',');
}

function equityCsv(run: SessionRun, table: MarketTable): string {
  const barMs = timeframeMs(table.timeframe);
  const lines = ['timestamp,equity_usd'];
  run.equity.forEach((equity, i) => {
    lines.push(`${new Date((run.barsMs[i] ?? NaN) + barMs).toISOString()},${String(equity)}`);
  });
  return `${lines.join('\n')}\n`;
}

function withNulls(metrics: Metrics): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(metrics).map(([key, value]) => [key, (value as number | undefined) ?? null]),
  );
}

function summary(run: SessionRun, m: Metrics, table: MarketTable, label: string, cashUsd: number): string[] {
  const barMs = timeframeMs(table.timeframe);
  return [
    `${label} on ${table.symbols.join(', ')}, ${table.timeframe} bars`,
    `${formatForPeople(run.barsMs[0] ?? NaN)} to ${formatForPeople((run.barsMs.at(-1) ?? NaN) + barMs)}, ${grouped(run.equity.length)} bars`,
    '',
    `start          ${grouped(cashUsd, 2)} USD`,
    `end            ${grouped(run.session.equityUsd, 2)} USD`,
    `return         ${fixed(m.totalReturnPct, 2)} %`,
    `Sharpe         ${fixed(m.sharpe, 2)} (annualised)`,
    `Sortino        ${fixed(m.sortino, 2)}`,
    `max drawdown   ${fixed(m.maxDrawdownPct, 2)} %`,
    `fills          ${grouped(m.fills)}, closed trades ${grouped(m.trades)}, won ${fixed(m.winPct, 1)} %`,
    `costs          fees ${grouped(m.feesUsd, 2)}, spread ${grouped(m.spreadUsd, 2)}, slippage ${grouped(m.slippageUsd, 2)}, funding ${grouped(m.fundingUsd, 2)} USD`,
    `exposure       ${fixed(m.exposurePct, 1)} % on average, turnover ${fixed(m.turnover, 1)}x`,
    `refused        ${grouped(run.refusals)} intents`,
    ...(run.session.fault === '' ? [] : [`FAULT          ${run.session.fault}`]),
    '',
    'Past results promise nothing.',
  ];
}
