/** The signals of a block of slots: those of equal parameters are worked out once, whoever reads them. */
import { canonicalJson } from '../domain/canonical-json.js';
import { openAccount } from '../domain/account.js';
import { rowsOf } from './block-rows.js';
import type { MarketTable } from '../domain/market-table.js';
import { assertInvariant } from '../domain/problem.js';
import type { FeatureColumn } from '../indicators/feature-columns.js';
import type { MarketViews } from '../indicators/market-views.js';
import { SessionObservation } from '../session/observation.js';
import type { SessionPlan } from '../session/session-plan.js';
import { LONG_ENTERS, LONG_LEAVES, NO_BAR, SHORT_ENTERS, SHORT_LEAVES } from '../strategies/signal-codes.js';
import { type SignalRule, type Sizing, sizingParameters } from '../strategies/signal-kind.js';

/** What one rule with one set of parameters says to some symbols. */
export interface SignalRow {
  readonly plan: SessionPlan;
  readonly rule: SignalRule<Sizing>;
  /** Market indices of the symbols. */
  readonly symbols: readonly number[];
  /** By symbol, then by feature. */
  readonly columns: readonly FeatureColumn[];
  /** `[row * symbols + symbol]`, see signal-codes.ts. */
  codes: Uint8Array;
}

export interface SignalRows {
  readonly views: MarketViews;
  readonly byKey: Map<string, SignalRow>;
}

export function signalRowOf(
  rows: SignalRows,
  plan: SessionPlan,
  rule: SignalRule<Sizing>,
  symbols: readonly number[],
): SignalRow {
  const key = `${rule.kind} ${String(rule.version)} ${symbols.join(',')} ${canonicalJson(signalParams(plan, rule))}`;
  let row = rows.byKey.get(key);
  if (row === undefined) {
    const { features } = rows.views.in(plan.timeframe);
    const specs = rule.features(plan.params as Sizing);
    row = {
      plan,
      rule,
      symbols,
      columns: symbols.flatMap((index) => specs.map((spec) => features.column(index, spec))),
      codes: new Uint8Array(0),
    };
    rows.byKey.set(key, row);
  }
  assertInvariant(row.rule === rule, () => `two rules call themselves ${key}`);
  return row;
}

/** Rules that say so read their own parameters only; of others nobody knows. */
function signalParams({ params }: SessionPlan, rule: SignalRule<Sizing>): unknown {
  if (rule.fillCodes === undefined) return params;
  return Object.fromEntries(
    Object.entries(params as Record<string, unknown>).filter(([name]) => !(name in sizingParameters)),
  );
}

/** Works out the codes of all rows for a block. */
export function fillSignalRows(rows: SignalRows, slots: Int32Array, count: number): void {
  for (const row of rows.byKey.values()) fillSignalRow(row, rows.views, slots, count);
}

export function fillSignalRow(row: SignalRow, views: MarketViews, slots: Int32Array, count: number): void {
  const size = count * row.symbols.length;
  if (row.codes.length < size) row.codes = new Uint8Array(size);
  if (row.rule.fillCodes === undefined) askSlotBySlot(row, views, slots, count);
  else fillByRule(row, row.rule.fillCodes, views.base, slots, count);
}

function fillByRule(
  row: SignalRow,
  fill: NonNullable<SignalRule<Sizing>['fillCodes']>,
  market: MarketTable,
  slots: Int32Array,
  count: number,
): void {
  const { symbols, columns, codes: out } = row;
  const each = columns.length / symbols.length;
  symbols.forEach((index, at) => {
    const close = market.candles[index]?.close;
    if (close === undefined) return;
    const own = columns.slice(at * each, (at + 1) * each).map(({ values }) => rowsOf(values, slots, count));
    fill(row.plan.params as Sizing, own, rowsOf(close, slots, count), {
      out,
      at,
      stride: symbols.length,
      count,
    });
  });
}

function askSlotBySlot(row: SignalRow, views: MarketViews, slots: Int32Array, count: number): void {
  const { plan, rule, symbols, columns, codes } = row;
  const params = plan.params as Sizing;
  const { table } = views.in(plan.timeframe);
  const account = openAccount(0, symbols.length);
  const each = columns.length / symbols.length;
  const { market, features } = new SessionObservation(plan, table, symbols, account, columns, each);
  for (let b = 0, k = 0; b < count; b++) {
    const t = slots[b] ?? 0;
    market.t = t;
    features.t = t;
    for (let own = 0; own < symbols.length; own++, k++) {
      if (!market.hasBar(own)) {
        codes[k] = NO_BAR;
        continue;
      }
      const long = params.side === 'short' ? 'stay' : rule.signal(params, 1, features, own, market);
      const short = params.side === 'long' ? 'stay' : rule.signal(params, -1, features, own, market);
      codes[k] =
        (long === 'enter' ? LONG_ENTERS : long === 'leave' ? LONG_LEAVES : 0) |
        (short === 'enter' ? SHORT_ENTERS : short === 'leave' ? SHORT_LEAVES : 0);
    }
  }
}
