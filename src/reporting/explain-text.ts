import { shortId } from '../core/arena/contestant.js';
import type { Contestant } from '../core/arena/contestant.js';
import type { Intent, Refusal } from '../core/domain/intent.js';
import type { LedgerEntry } from '../core/domain/ledger.js';
import { formatForPeople, formatMinuteUtc, type TimeMs } from '../core/domain/time.js';
import type { BreakerRules, BreakerState } from '../core/risk/breakers.js';
import type { RuleRow } from '../core/promotion/rule-rows.js';
import type { Gauge } from '../core/strategies/strategy.js';
import { fixed, grouped, textTable } from './text-table.js';
import { CHOSEN_PAST, chosenFrom } from './training-words.js';

export interface SymbolSeen {
  readonly symbol: string;
  readonly close: number;
  readonly features: readonly { readonly text: string; readonly value: number }[];
  /** What the market had beside the bar; only those that were there. */
  readonly readings: readonly { readonly kind: string; readonly value: number; readonly ageMs: number }[];
  /** Signed base units; 0 when flat. Prices that do not exist are NaN. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly stopPrice: number;
  readonly targetPrice: number;
  readonly liquidationPrice: number;
}

/** Why a contestant did what it did at one bar. */
export interface Explanation {
  readonly contestant: Contestant;
  /** Close of the bar that is explained. */
  readonly closeMs: TimeMs;
  readonly seq: number;
  readonly equityUsd: number;
  readonly cashUsd: number;
  /** Whether the journal's equity at this bar is the same number. */
  readonly sameAsJournal: boolean;
  /** Why the arena plays it bar by bar; undefined where the fast kernel takes it. */
  readonly playedGenerally: string | undefined;
  readonly warmupBars: number;
  /** Bars of its own timeframe that it could see. */
  readonly barsSeen: number;
  readonly dueDecisions: number;
  readonly madeDecisions: number;
  readonly breakers:
    { readonly rules: BreakerRules; readonly state: BreakerState; readonly lossStreak: number } | undefined;
  readonly seen: readonly SymbolSeen[];
  readonly gauges: readonly Gauge[];
  readonly why: string;
  readonly detail: string | undefined;
  readonly fault: string;
  readonly intents: readonly Intent[];
  readonly refused: readonly Refusal[];
  /** Orders of the decision before that did not fill at this bar's open. */
  readonly unfilled: readonly Refusal[];
  /** Fills during this bar. */
  readonly fills: readonly LedgerEntry[];
  readonly latestFills: readonly LedgerEntry[];
}

/** Where it stands on the board, and why not higher; empty when nothing holds it back. */
export interface Readiness {
  readonly rank: number | undefined;
  readonly status: string;
  readonly reasons: readonly string[];
  /** Of the gate; empty for those who never stand there. */
  readonly rules: readonly RuleRow[];
}

export function explainText(e: Explanation, symbols: readonly string[], ready: Readiness): string {
  const { contestant: c } = e;
  const { manifest: m } = c;
  return [
    `${c.name}  ${shortId(c.id)}  ${m.kind} v${String(m.version)}, ${m.timeframe} bars, ${m.instrument}, ${m.symbols.join(' ')}`,
    `params    ${JSON.stringify(m.params)}`,
    ...(c.training === undefined ? [] : [`trained   ${chosenFrom(c.training)}: ${CHOSEN_PAST}`]),
    `at        ${formatForPeople(e.closeMs)}, round ${grouped(e.seq)}; played again from the candles: ${e.sameAsJournal ? 'the journal says the same' : 'THE JOURNAL DIFFERS'}`,
    `played    ${e.playedGenerally === undefined ? 'by the fast kernel, which gives the same bits' : `bar by bar: ${e.playedGenerally}`}`,
    `account   equity ${grouped(e.equityUsd, 2)} USD, cash ${grouped(e.cashUsd, 2)} USD`,
    `warm-up   ${grouped(e.barsSeen)} bars seen, ${grouped(e.warmupBars)} needed${e.barsSeen < e.warmupBars ? ': NOT READY' : ''}`,
    `decided   ${grouped(e.madeDecisions)} of ${grouped(e.dueDecisions)} times${e.fault === '' ? '' : `; FAULT: ${e.fault}`}`,
    `board     ${ready.rank === undefined ? 'not ranked' : `rank ${String(ready.rank)}`}, ${ready.status}`,
    ...ready.reasons.map((reason) => `          - ${reason}`),
    ...ruleLines(ready.rules),
    ...breakerLines(e),
    '',
    'SAW',
    ...textTable(
      [
        { title: 'Symbol', align: 'left', cell: (s) => s.symbol },
        { title: 'Close', align: 'right', cell: (s) => price(s.close) },
        { title: 'Held', align: 'right', cell: (s) => (s.quantity === 0 ? '-' : price(s.quantity)) },
        { title: 'Entry', align: 'right', cell: (s) => dash(s.entryPrice) },
        { title: 'Stop', align: 'right', cell: (s) => dash(s.stopPrice) },
        { title: 'Target', align: 'right', cell: (s) => dash(s.targetPrice) },
        { title: 'Liquidation', align: 'right', cell: (s) => dash(s.liquidationPrice) },
        {
          title: 'Indicators',
          align: 'left',
          cell: (s) => s.features.map((f) => `${f.text} ${price(f.value)}`).join('  '),
        },
      ],
      e.seen,
    ),
    ...besideLines(e.seen),
    '',
    'RULES',
    ...(e.gauges.length === 0
      ? [
          typeof m.params === 'object' && m.params !== null && 'model' in m.params
            ? `a language model decides: npm run llm -- show ${shortId(c.id)} has what it was asked and what it answered`
            : 'this kind has no rules to show',
        ]
      : textTable(
          [
            { title: 'Symbol', align: 'left', cell: (g) => g.symbol },
            { title: 'For', align: 'left', cell: (g) => g.rule },
            { title: 'Rule', align: 'left', cell: (g) => g.text },
            { title: 'Value', align: 'right', cell: (g) => price(g.value) },
            { title: 'Threshold', align: 'right', cell: (g) => dash(g.threshold) },
            { title: 'Holds', align: 'left', cell: (g) => holds(g) },
          ],
          e.gauges,
        )),
    '',
    `DECISION  ${e.why}${e.detail === undefined ? '' : `: ${e.detail}`}`,
    ...list('wants', e.intents.map(intentText)),
    ...list('refused', e.refused.map(refusalText)),
    ...list('did not fill', e.unfilled.map(refusalText)),
    '',
    'FILLS',
    ...fillLines('in this bar', e.fills, symbols),
    ...fillLines('before', e.latestFills, symbols),
    '',
  ].join('\n');
}

function besideLines(seen: readonly SymbolSeen[]): string[] {
  return seen.flatMap(({ symbol, readings }) =>
    readings.length === 0
      ? []
      : [
          `beside ${symbol}: ${readings
            .map(({ kind, value, ageMs }) => `${kind} ${price(value)} (${(ageMs / 1000).toFixed(0)} s old)`)
            .join(', ')}`,
        ],
  );
}

function breakerLines({ breakers }: Explanation): string[] {
  if (breakers === undefined) return ['breakers  none: it is measured alone'];
  const { rules, state, lossStreak } = breakers;
  const line = (name: string, limit: number | undefined, tripped: number): string[] =>
    limit === undefined && tripped === 0
      ? []
      : [`${name} ${limit === undefined ? '' : `-${percent(limit)} `}${tripped === 1 ? 'TRIPPED' : 'armed'}`];
  const parts = [
    ...line('day', rules.dayLossFraction, state.day),
    ...line('week', rules.weekLossFraction, state.week),
    ...line('drawdown', rules.drawdownFraction, state.drawdown),
    ...(state.kill === 1 ? ['HALTED by hand'] : []),
    ...(rules.lossStreakSizing === true ? [`losses in a row ${String(lossStreak)}`] : []),
  ];
  return [`breakers  ${parts.join(', ')}`];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function fillLines(title: string, fills: readonly LedgerEntry[], symbols: readonly string[]): string[] {
  if (fills.length === 0) return [`${title}: none`];
  return [
    `${title}:`,
    ...fills.map((fill) => {
      const symbol = symbols[fill.symbol] ?? '';
      const what =
        fill.quantity === 0
          ? `${fill.effect} ${fixed(fill.amountUsd, 2)} USD`
          : `${fill.quantity > 0 ? 'buy' : 'sell'} ${price(Math.abs(fill.quantity))} at ${price(fill.price)}, fee ${fixed(fill.feeUsd, 2)} USD`;
      const result = fill.closesTrade ? `, trade ${fixed(fill.closedTradeNetUsd, 2)} USD net` : '';
      return `  ${formatMinuteUtc(fill.timeMs)}  ${symbol}  ${what} (${fill.reason})${result}`;
    }),
  ];
}

function intentText(intent: Intent): string {
  const { kind, symbol, reason, ...rest } = intent;
  const more = Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? words(value) : String(value)}`)
    .join(', ');
  return `${kind} ${symbol} (${reason})${more === '' ? '' : `: ${more}`}`;
}

function refusalText(refusal: Refusal): string {
  const { kind, symbol, ...rest } = refusal;
  return `${symbol}: ${kind}${Object.keys(rest).length === 0 ? '' : `, ${words(rest)}`}`;
}

function words(value: object): string {
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${typeof inner === 'number' ? price(inner) : String(inner)}`)
    .join(', ');
}

function holds(gauge: Gauge): string {
  if (gauge.holds !== undefined) return gauge.holds ? 'yes' : 'no';
  return Number.isNaN(gauge.value) ? 'unknown' : '';
}

function percent(fraction: number): string {
  return `${String(Number((fraction * 100).toPrecision(4)))} %`;
}

/** Six significant digits: prices and ratios differ by many orders of magnitude. */
function price(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  return Math.abs(value) >= 1e6 ? grouped(value) : String(Number(value.toPrecision(6)));
}

function dash(value: number): string {
  return Number.isNaN(value) ? '-' : price(value);
}

/** Why it is not ready, rule by rule. */
function ruleLines(rules: readonly RuleRow[]): string[] {
  if (rules.length === 0) return [];
  const table = textTable<RuleRow>(
    [
      { title: 'Rule of the gate', align: 'left', cell: (r) => r.rule },
      {
        title: 'Now',
        align: 'right',
        cell: (r) => `${fixed(r.value, 2)}${r.unit === '' ? '' : ` ${r.unit}`}`,
      },
      { title: 'Needed', align: 'left', cell: (r) => r.needed },
      { title: '', align: 'left', cell: (r) => (r.kept === undefined ? '?' : r.kept ? 'ok' : 'NO') },
      { title: 'What would change it', align: 'left', cell: (r) => r.change },
    ],
    rules,
  );
  return ['gate', ...table.map((line) => `          ${line}`)];
}
