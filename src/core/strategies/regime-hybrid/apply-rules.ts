import { z } from 'zod';
import type { Intent } from '../../domain/intent.js';
import type { Observation, PositionView } from '../strategy.js';
import { type Box, type BoxValues, isInBox } from './box.js';
import type { MarketReading } from './market-reading.js';
import { positionWeight } from './position-size.js';
import type { Regime } from './regime.js';
import type { EntryRule, ExitRule } from './rule.js';
import { ruleConfidence } from './rule-confidence.js';
import { INHERITED_EXITS, RULES } from './rule-table.js';

/** Parameters of the rules, whoever names the regime. */
export const ruleParameters = {
  side: z.enum(['long', 'both']).default('long').describe('which positions it takes; shorts need perpetuals'),
  position: z.number().gt(0).max(1).default(0.1).describe('share of equity of a full-size position'),
  volumeFloor: z
    .number()
    .min(0)
    .max(10)
    .default(0.8)
    .describe('smallest volume ratio of rules that follow a move'),
};

export interface RuleParams {
  readonly side: 'long' | 'both';
  readonly position: number;
  readonly volumeFloor: number;
}

/**
 * Own exits look from the second close after the fill on: what a rule buys it does not sell at the next bar. Stop and
 * target protect the position from the fill on.
 */
const SETTLE_BARS = 1;

export interface Action {
  readonly intent?: Intent;
  /** Behind the position that is held or asked for; empty for none. */
  readonly rule: string;
}

/** What the rules do about one symbol. `rule` is the one that opened its position. */
export function applyRules(
  o: Observation<RuleParams>,
  symbol: number,
  rule: string,
  reading: MarketReading,
  regime: Regime,
): Action {
  const name = o.symbols[symbol] ?? '';
  const position = o.portfolio.position(symbol);
  if (position !== undefined) {
    const values = positionValues(position, reading);
    const exit = isSettled(position, o)
      ? exitsOf(position, rule).find((one) => exitFires(one, values, regime))
      : undefined;
    return exit === undefined ? { rule } : { rule, intent: { kind: 'close', symbol: name, reason: exit.id } };
  }
  // What a stop has just closed is not opened again at the same close.
  if (o.exits.some((exit) => exit.symbol === symbol)) return { rule: '' };
  const entry = entriesFor(o.params, regime).find((one) => entryFires(one, o.params, reading));
  if (entry === undefined) return { rule: '' };
  return {
    rule: entry.id,
    intent: {
      kind: 'open',
      symbol: name,
      side: entry.side,
      reason: entry.id,
      size: { weight: positionWeight(o.params.position, entry.size, regime) },
      stop: { fraction: entry.stopAtr * reading.atrFraction },
      target: { fraction: entry.targetAtr * reading.atrFraction },
      confidence: ruleConfidence(entry, reading),
    },
  };
}

/** The rules for a regime, long ones first. */
export function entriesFor({ side }: RuleParams, { regime, trend }: Regime): EntryRule[] {
  const rules = RULES.filter((rule) => rule.regime === regime && rule.trend === trend);
  const of = (which: 'long' | 'short'): EntryRule[] => rules.filter((rule) => rule.side === which);
  return side === 'both' ? [...of('long'), ...of('short')] : of('long');
}

/** The rule's box, with the parameter in it. */
export function entryBox(rule: EntryRule, { volumeFloor }: RuleParams): Box {
  return rule.needsVolume === true
    ? { ...rule.box, volumeRatio: { ...rule.box.volumeRatio, from: volumeFloor } }
    : rule.box;
}

function entryFires(rule: EntryRule, params: RuleParams, reading: MarketReading): boolean {
  return (
    isInBox({ ...reading, profit: 0 }, entryBox(rule, params)) &&
    ruleConfidence(rule, reading) >= rule.minConfidence
  );
}

/** Those of the rule that opened the position; of its side where that is not known. */
export function exitsOf(position: PositionView, ruleId: string): readonly ExitRule[] {
  const side = position.quantity > 0 ? 'long' : 'short';
  const rule = RULES.find(({ id }) => id === ruleId);
  return rule?.side === side ? rule.exits : INHERITED_EXITS[side];
}

export function exitFires(
  { regimes, trends, box }: ExitRule,
  values: BoxValues,
  { regime, trend }: Regime,
): boolean {
  return regimes?.includes(regime) !== false && trends?.includes(trend) !== false && isInBox(values, box);
}

export function isSettled(position: PositionView, o: Observation): boolean {
  return o.nowMs - position.openedAtMs > SETTLE_BARS * o.market.timeframeMs;
}

export function positionValues(position: PositionView, reading: MarketReading): BoxValues {
  const gain = position.markPrice / position.entryPrice - 1;
  return { ...reading, profit: position.quantity > 0 ? gain : -gain };
}
