import type { Gauge, Observation } from '../strategy.js';
import {
  type RuleParams,
  entriesFor,
  entryBox,
  exitFires,
  exitsOf,
  isSettled,
  positionValues,
} from './apply-rules.js';
import { BOX_NAMES, type Bounds, isWithin } from './box.js';
import type { MarketReading } from './market-reading.js';
import type { RegimeMemory } from './regime-memory.js';
import type { EntryRule, ExitRule } from './rule.js';
import { ruleConfidence } from './rule-confidence.js';
import { type AskSlowLayer, seeSymbol } from './see-symbol.js';

type Row = Omit<Gauge, 'symbol'>;

/** The rules that the fast layer looked at, with their numbers: entries of the regime while flat, exits while not. */
export function explainRegimes<Params extends RuleParams>(
  o: Observation<Params>,
  memory: RegimeMemory,
  slowLayer: AskSlowLayer,
): Gauge[] {
  return o.symbols.flatMap((symbol, i) =>
    rowsOf(o, memory, i, slowLayer).map((row): Gauge => ({ symbol, ...row })),
  );
}

function rowsOf(
  o: Observation<RuleParams>,
  memory: RegimeMemory,
  symbol: number,
  slowLayer: AskSlowLayer,
): Row[] {
  const { known, now } = seeSymbol(o, memory, symbol, slowLayer);
  if (now === undefined) return [words('the market cannot be read: too few bars, or none now', NaN)];
  const { reading, used } = now;
  const { regime, trend, volatility, riskMode, confidence, reasoning } = used.regime;
  const rows = [
    words(`${used.source}: ${regime} ${trend}, volatility ${volatility}, risk ${riskMode}`, confidence),
    words(reasoning, NaN),
  ];
  const position = o.portfolio.position(symbol);
  if (position === undefined) {
    const entries = entriesFor(o.params, used.regime);
    if (entries.length === 0) return [...rows, words('no rule enters in this regime', NaN)];
    return [...rows, ...entries.flatMap((rule) => entryRows(rule, o.params, reading))];
  }
  const values = positionValues(position, reading);
  const settled = isSettled(position, o);
  const rule = `leave ${known.rule === '' ? 'what it did not open' : known.rule}`;
  return [
    ...rows,
    ...exitsOf(position, known.rule).map((exit) => ({
      rule,
      text: `${exitText(exit)}${settled ? '' : ', looked at from the next bar on'}`,
      value: NaN,
      threshold: NaN,
      holds: settled && exitFires(exit, values, used.regime),
    })),
  ];
}

function words(text: string, value: number): Row {
  return { rule: 'regime', text, value, threshold: NaN, holds: undefined };
}

function entryRows(rule: EntryRule, params: RuleParams, reading: MarketReading): Row[] {
  const box = entryBox(rule, params);
  const values = { ...reading, profit: 0 };
  const confidence = ruleConfidence(rule, reading);
  return [
    ...BOX_NAMES.flatMap((name): Row[] => {
      const bounds = box[name];
      if (bounds === undefined) return [];
      const value = values[name];
      return [
        {
          rule: `enter ${rule.id}`,
          text: `${name} ${boundsText(bounds)}`,
          value,
          threshold: nearestBound(bounds, value),
          holds: isWithin(value, bounds),
        },
      ];
    }),
    {
      rule: `enter ${rule.id}`,
      text: 'confidence of the rule',
      value: confidence,
      threshold: rule.minConfidence,
      holds: confidence >= rule.minConfidence,
    },
  ];
}

function exitText({ id, regimes, trends, box }: ExitRule): string {
  const parts = [
    ...(regimes === undefined ? [] : [`regime ${regimes.join(' or ')}`]),
    ...(trends === undefined ? [] : [`trend ${trends.join(' or ')}`]),
    ...BOX_NAMES.flatMap((name) => {
      const bounds = box[name];
      return bounds === undefined ? [] : [`${name} ${boundsText(bounds)}`];
    }),
  ];
  return `${id}: ${parts.join(' and ')}`;
}

function boundsText({ from, above, to, below }: Bounds): string {
  return [
    ...(from === undefined ? [] : [`from ${String(from)}`]),
    ...(above === undefined ? [] : [`above ${String(above)}`]),
    ...(to === undefined ? [] : [`to ${String(to)}`]),
    ...(below === undefined ? [] : [`below ${String(below)}`]),
  ].join(' ');
}

function nearestBound({ from, above, to, below }: Bounds, value: number): number {
  const bounds = [from, above, to, below].filter((bound) => bound !== undefined);
  return bounds.reduce(
    (near, bound) => (Math.abs(bound - value) < Math.abs(near - value) ? bound : near),
    bounds[0] ?? NaN,
  );
}
