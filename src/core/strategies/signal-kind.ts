/**
 * Most rule kinds are one signal over shared columns; sizing, protection and re-entry are the same for all
 * and live here. A signal says where one symbol should stand; this turns it into intents. After a protective
 * exit the symbol is locked until its signal has left, so that a stop is not undone at the next open.
 */
import { z } from 'zod';
import type { Intent, Protection } from '../domain/intent.js';
import type { FeatureSpec } from '../indicators/feature-columns.js';
import type { ProtectiveExit } from '../simulation/protective-exits.js';
import { explainSignal } from './explain-signal.js';
import type { FillCodes } from './signal-codes.js';
import type { Condition, Side } from './signal-condition.js';
import {
  type FeatureView,
  type MarketView,
  NO_INTENTS,
  type Step,
  type StrategyKind,
  type Why,
} from './strategy.js';

/** What a rule says to a position of one side: take it, leave it, or neither. */
export type Signal = 'enter' | 'leave' | 'stay';

/** Parameters that every signal kind has beside its own. */
export const sizingParameters = {
  side: z
    .enum(['long', 'short', 'both'])
    .default('long')
    .describe('which positions it takes; shorts need perpetuals'),
  exposure: z
    .number()
    .gt(0)
    .max(20)
    .default(1)
    .describe('gross exposure over equity, split evenly over the symbols'),
  stop: z.number().gt(0).lt(1).optional().describe('stop as a fraction of the fill price'),
  target: z.number().gt(0).optional().describe('profit target as a fraction of the fill price'),
  maxHoldBars: z.int().min(1).optional().describe('close after this many bars'),
  quantity: z.number().gt(0).optional().describe('fixed order size in base units instead of exposure'),
};

export interface Sizing {
  readonly side: 'long' | 'short' | 'both';
  readonly exposure: number;
  readonly stop?: number | undefined;
  readonly target?: number | undefined;
  readonly maxHoldBars?: number | undefined;
  readonly quantity?: number | undefined;
}

/** Where each symbol should stand: 1 long, -1 short, 0 flat; 2 and -2: locked after a protective exit. */
export interface Stances {
  readonly stance: readonly number[];
}

export interface SignalRule<Params extends Sizing> {
  readonly kind: string;
  readonly version: number;
  readonly summary: string;
  readonly parameters: z.ZodType<Params>;
  label(params: Params): string;
  features(params: Params): readonly FeatureSpec[];
  warmupBars(params: Params): number;
  /** The same rule for people: it enters when all conditions that lead to `enter` hold, leaves likewise. */
  conditions(params: Params, side: Side): readonly Condition[];
  /** Reads the newest values of one symbol, for one side. Values that are NaN must give `stay`. */
  signal(params: Params, side: Side, features: FeatureView, symbol: number, market: MarketView): Signal;
  /**
   * The same signals over many slots: for rules of which thousands run side by side. It depends on the rule's own
   * parameters only, not on sizing. A rule without it is asked slot by slot.
   */
  readonly fillCodes?: FillCodes<Params>;
}

/** A strategy kind that is nothing but a rule; the fast kernel recognises it by `rule`. */
export interface SignalKind<Params extends Sizing> extends StrategyKind<Params, Stances> {
  readonly rule: SignalRule<Params>;
}

/** A difference within rounding noise is a tie, not a signal: flat markets give none. */
export const TIE_TOLERANCE = 1e-12;

/** Above by more than rounding noise; false when either is NaN. `level` is positive. */
export function isAbove(value: number, level: number): boolean {
  return value - level > TIE_TOLERANCE * level;
}

/** Below by more than rounding noise; false when either is NaN. `level` is positive. */
export function isBelow(value: number, level: number): boolean {
  return value - level < -TIE_TOLERANCE * level;
}

/** On the side of `level` that a trend follower of this side wants. */
export function crossSignal(value: number, level: number, side: Side): Signal {
  if (side === 1 ? isAbove(value, level) : isBelow(value, level)) return 'enter';
  return (side === 1 ? isBelow(value, level) : isAbove(value, level)) ? 'leave' : 'stay';
}

const HOLD: Why = { code: 'hold' };
const ACT: Why = { code: 'act' };
/** By far the most frequent answer: one object for all. */
const NOTHING_NEW: Step<Stances> = { intents: NO_INTENTS, why: HOLD };

export function signalKind<Params extends Sizing>(rule: SignalRule<Params>): SignalKind<Params> {
  return {
    rule,
    manifest: {
      kind: rule.kind,
      version: rule.version,
      summary: rule.summary,
      feeds: {},
      parameters: rule.parameters,
      costClass: 'rule',
    },
    label: (params) => rule.label(params),
    features: (params) => rule.features(params),
    warmupBars: (params) => rule.warmupBars(params),
    takesShorts: (params) => params.side !== 'long',
    begin: (_params, _seed, symbols) => ({ stance: symbols.map(() => 0) }),
    explain: (observation, memory) => explainSignal(rule, observation, memory),
    decide(observation, memory): Step<Stances> {
      const { params, features, market, portfolio } = observation;
      let stance =
        observation.exits.length === 0 ? memory.stance : lockStopped(memory.stance, observation.exits);
      let intents: Intent[] | undefined;
      for (let symbol = 0; symbol < stance.length; symbol++) {
        if (!market.hasBar(symbol)) continue;
        const known = stance[symbol] ?? 0;
        const before = known === 0 ? inherited(params, portfolio.quantity(symbol)) : known;
        const after = nextStance(
          before,
          params.side === 'short' ? 'stay' : rule.signal(params, 1, features, symbol, market),
          params.side === 'long' ? 'stay' : rule.signal(params, -1, features, symbol, market),
        );
        if (after !== known) stance = stance.with(symbol, after);
        const held = portfolio.quantity(symbol);
        const wanted = after === 1 || after === -1 ? after : 0;
        if (held === 0 && wanted === 0) continue;
        if (held !== 0 && held * wanted > 0) continue;
        const name = observation.symbols[symbol] ?? '';
        intents ??= [];
        if (held !== 0) intents.push(closeIntent(name));
        if (wanted !== 0)
          intents.push(
            openIntent(params, name, wanted, shareUsd(params, portfolio.equityUsd, stance.length)),
          );
      }
      if (intents === undefined && stance === memory.stance) return NOTHING_NEW;
      return intents === undefined
        ? { intents: NO_INTENTS, memory: { stance }, why: HOLD }
        : { intents, memory: { stance }, why: ACT };
    },
  };
}

/** A position that somebody else opened is taken as one's own, where it is of a side that this one takes. */
function inherited({ side }: Sizing, quantity: number): number {
  if (quantity > 0 && side !== 'short') return 1;
  return quantity < 0 && side !== 'long' ? -1 : 0;
}

/** What a protective exit closed stays closed until its signal has left. */
function lockStopped(stance: readonly number[], exits: readonly ProtectiveExit[]): readonly number[] {
  let locked = stance;
  for (const exit of exits) {
    const side = exit.side === 'long' ? 1 : -1;
    if (locked[exit.symbol] === side) locked = locked.with(exit.symbol, 2 * side);
  }
  return locked;
}

/** A new entry replaces the other side; a locked side opens only after its own signal has left. */
export function nextStance(stance: number, long: Signal, short: Signal): number {
  const isLong = stance > 0;
  const isShort = stance < 0;
  if (long === 'enter' && !isLong) return 1;
  if (short === 'enter' && !isShort && long !== 'enter') return -1;
  if (isLong && long === 'leave') return 0;
  if (isShort && short === 'leave') return 0;
  return stance;
}

/** What every symbol of so many gets of the equity. */
function shareUsd(params: Sizing, equityUsd: number, symbols: number): number {
  return (params.exposure * equityUsd) / symbols;
}

function closeIntent(symbol: string): Intent {
  return { kind: 'close', symbol, reason: 'signal-left' };
}

function openIntent(params: Sizing, symbol: string, side: number, notionalUsd: number): Intent {
  return {
    kind: 'open',
    symbol,
    side: side > 0 ? 'long' : 'short',
    reason: 'signal',
    size: params.quantity === undefined ? { notionalUsd } : { quantity: params.quantity },
    ...leverageFor(params),
    ...protectionFor(params),
  };
}

/** What one symbol does at a decision: closes what is held, and opens a side. */
export interface SignalStep {
  readonly symbol: string;
  readonly closes: boolean;
  readonly side: 0 | 1 | -1;
}

/** The same decision in words, for whoever worked it out without asking. */
export function signalSteps(
  params: Sizing,
  steps: readonly SignalStep[],
  notionalUsd: number,
): { readonly intents: readonly Intent[]; readonly why: Why } {
  if (steps.length === 0) return { intents: NO_INTENTS, why: HOLD };
  const intents = steps.flatMap(({ symbol, closes, side }) => [
    ...(closes ? [closeIntent(symbol)] : []),
    ...(side === 0 ? [] : [openIntent(params, symbol, side, notionalUsd)]),
  ]);
  return { intents, why: ACT };
}

/** More exposure than equity needs leverage; the smallest whole one that carries it. */
function leverageFor(params: Sizing): { leverage?: number } {
  return params.exposure > 1 ? { leverage: Math.ceil(params.exposure) } : {};
}

function protectionFor(params: Sizing): Protection {
  return {
    ...(params.stop === undefined ? {} : { stop: { fraction: params.stop } }),
    ...(params.target === undefined ? {} : { target: { fraction: params.target } }),
    ...(params.maxHoldBars === undefined ? {} : { maxHoldBars: params.maxHoldBars }),
  };
}

/** ` stop 5%`, for labels. */
export function sizingLabel(params: Sizing): string {
  const percent = (fraction: number): string => `${String(Number((fraction * 100).toPrecision(4)))}%`;
  return [
    params.stop === undefined ? '' : ` stop ${percent(params.stop)}`,
    params.target === undefined ? '' : ` target ${percent(params.target)}`,
    params.maxHoldBars === undefined ? '' : ` max ${String(params.maxHoldBars)} bars`,
    params.exposure === 1 ? '' : ` x${String(params.exposure)}`,
    params.side === 'long' ? '' : ` ${params.side}`,
  ].join('');
}
