import type { Instrument } from '../../domain/instrument.js';
import type { PositionView } from '../strategy.js';
import type { CoinNames } from './coin-names.js';
import { plainLine } from './fence-text.js';
import type { Condition } from './invalidation.js';
import type { SignalRefusal } from './signal-refusal.js';
import type { TradeSignal } from './trade-signal.js';
import type { ExitPlan } from './trader-memory.js';

export interface TraderRules {
  readonly leverageMin: number;
  readonly leverageMax: number;
  /** A stop may come closer to the price and never go farther away. */
  readonly tightenOnly: boolean;
  readonly maxPositions: number;
}

export interface SignalContext {
  readonly rules: TraderRules;
  readonly names: CoinNames;
  readonly symbols: readonly string[];
  readonly plans: Readonly<Record<string, ExitPlan>>;
  /** Symbols that leave at this close already. */
  readonly leaving: ReadonlySet<number>;
  instrument(symbol: number): Instrument;
  position(symbol: number): PositionView | undefined;
  /** Newest close; NaN where there is no bar. */
  price(symbol: number): number;
  /** The machine form of a condition, where there is one that has not come true already. */
  condition(symbol: number, text: string): Condition | null;
  /** What the reply's reasoning says about a symbol. */
  reason(symbol: number): string;
}

/** A signal with the symbol that it means. */
export interface NamedSignal {
  readonly signal: TradeSignal;
  readonly index: number;
  readonly symbol: string;
}

const MAX_INVALIDATION_CHARS = 300;

/** The range of the parameters within what the venue offers: 1 on spot. */
export function leverageRange(
  { leverageMin, leverageMax }: Pick<TraderRules, 'leverageMin' | 'leverageMax'>,
  { maxLeverage }: Instrument,
): { least: number; most: number } {
  const most = Math.min(leverageMax, maxLeverage);
  return { least: Math.min(leverageMin, most), most };
}

/** Words that are said again keep the condition that they were read as. */
export function wordsOf(
  signal: TradeSignal,
  before: ExitPlan | undefined,
  index: number,
  context: SignalContext,
): Pick<ExitPlan, 'invalidation' | 'condition'> {
  const said = plainLine(signal.invalidation ?? '', MAX_INVALIDATION_CHARS);
  if (before !== undefined && (said === '' || said === before.invalidation))
    return { invalidation: before.invalidation, condition: before.condition };
  return { invalidation: said, condition: context.condition(index, said) };
}

export function wrongSide(
  kind: 'stop-side' | 'target-side',
  symbol: string,
  side: 'long' | 'short',
  level: number,
  price: number,
): SignalRefusal {
  return { kind, symbol, side, level, price };
}

export function isConfidence(confidence: number | null): confidence is number {
  return confidence !== null && confidence >= 0 && confidence <= 1;
}
