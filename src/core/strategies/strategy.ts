/**
 * The one contract between a strategy and the arena. A kind is a pure function of what it may see: memory
 * in, memory and intents out. It neither fetches nor places, and it has no clock of its own. Positions are
 * read from the portfolio only, never from memory, because a promoted strategy inherits positions that it
 * did not open.
 */
import type { z } from 'zod';
import type { Instrument } from '../domain/instrument.js';
import type { Intent, Refusal } from '../domain/intent.js';
import type { ReadingKind } from '../domain/market-readings.js';
import type { ModelAnswer, ModelQuestion } from '../domain/model-call.js';
import type { Seed } from '../domain/rng.js';
import type { TimeMs } from '../domain/time.js';
import type { FeatureSpec } from '../indicators/feature-columns.js';
import type { RiskLimits } from '../risk/limits.js';
import type { ProtectiveExit } from '../simulation/protective-exits.js';

export type Feed = 'funding' | 'openInterest' | 'liquidations' | 'book' | 'positioning' | 'news' | 'llm';

export interface Manifest<Params> {
  /** Registered name, e.g. `sma-cross`. */
  readonly kind: string;
  /** Raised whenever the same parameters would decide differently: it is part of a contestant's identity. */
  readonly version: number;
  readonly summary: string;
  /** Feeds beyond candles. A missing required one stops the contestant; an optional one reads "not available". */
  readonly feeds: Readonly<Partial<Record<Feed, 'required' | 'optional'>>>;
  /** Parses raw JSON into parameters with defaults; also the source of help texts and error messages. */
  readonly parameters: z.ZodType<Params>;
  readonly costClass: 'rule' | 'model';
  /** Fewest symbols that the kind can work with; 1 when absent. */
  readonly minSymbols?: number;
  /** Most symbols that the kind can work with; any number when absent. */
  readonly maxSymbols?: number;
  /** Benchmarks and placebos stand on the board and never at the gate. */
  readonly role?: 'benchmark' | 'placebo';
}

/** Why it decided so. `code` is short and stable: a decision is journaled when its code changes. */
export interface Why {
  readonly code: string;
  readonly detail?: string;
}

/** One rule as a person reads it: `rsi(14) < 30`, what both sides are now, and whether it holds. */
export interface Gauge {
  readonly symbol: string;
  /** What the rule is for, e.g. `enter long`. */
  readonly rule: string;
  readonly text: string;
  readonly value: number;
  /** NaN where there is nothing to compare with. */
  readonly threshold: number;
  /** Undefined where a value is unknown. */
  readonly holds: boolean | undefined;
}

export interface Step<Memory> {
  readonly intents: readonly Intent[];
  /** Absent when it has not changed. */
  readonly memory?: Memory;
  readonly why: Why;
  /**
   * Set when the decision that was due could not be made, in words: it counts as lost coverage. Intents beside it are
   * what had been agreed before, such as leaving a position whose condition has come true.
   */
  readonly fault?: string;
  /** What came of a question that was asked once more: whether the answer would have been another decision. */
  readonly probe?: 'same' | 'flipped';
}

export interface StrategyKind<Params = unknown, Memory = unknown> {
  readonly manifest: Manifest<Params>;
  /** A short name for people, e.g. `sma 10/30`. */
  label(params: Params): string;
  /** Shared indicator columns it reads; `features.value(symbol, i)` is the i-th of these. */
  features(params: Params): readonly FeatureSpec[];
  /** Closed bars that must exist before the first decision makes sense. */
  warmupBars(params: Params): number;
  /** Hash of the code behind it, for kinds that do not ship with the product: it is part of the identity. */
  code?(params: Params): string | undefined;
  /** Whether it may open shorts, which need perpetuals; absent: never. */
  takesShorts?(params: Params): boolean;
  /** Every rule it looked at, with its numbers, for people who ask why. It changes nothing. */
  explain?(observation: Observation<Params>, memory: Memory): readonly Gauge[];
  /** Plain JSON: it is saved, restored and handed over. */
  begin(params: Params, seed: Seed, symbols: readonly string[]): Memory;
  /**
   * What it wants to ask language models at this bar: for kinds that need them. The answers are in the observation of
   * the decision that follows, at the same bar and with the same memory; nothing is kept of this call itself.
   */
  questions?(observation: Observation<Params>, memory: Memory): readonly ModelQuestion[];
  /** Forgets what language models said of a symbol, or of all, so that it is asked again: for kinds that keep answers. */
  forget?(memory: Memory, symbol: number | undefined): Memory;
  /** Synchronous and pure. */
  decide(observation: Observation<Params>, memory: Memory): Step<Memory>;
}

/**
 * What a strategy may see, up to and including the bar that just closed. The object is reused from bar to
 * bar: it is valid during the call only. Symbols are indices into `symbols`.
 */
export interface Observation<Params = unknown> {
  readonly params: Params;
  /** Close time of the newest bar. */
  readonly nowMs: TimeMs;
  readonly symbols: readonly string[];
  readonly market: MarketView;
  readonly features: FeatureView;
  readonly portfolio: PortfolioView;
  /** What the account may do; risk enforces it, a strategy may spare itself refusals. */
  readonly limits: RiskLimits;
  /** Protective orders that were executed since the last decision. */
  readonly exits: readonly ProtectiveExit[];
  readonly refusals: readonly Refusal[];
  /** What came of the question in this slot at this bar; undefined where none was asked. */
  answer(slot: string): ModelAnswer | undefined;
  /** Uniform in [0, 1): a function of seed, bar and number of the draw. */
  random(): number;
}

/** Closed bars, `ago` bars back from the newest (0). NaN where there is none. The future has no index. */
export interface MarketView {
  readonly timeframeMs: number;
  /** What the venue says about the symbol: spot or perpetual, lots, leverage. */
  instrument(symbol: number): Instrument;
  /** False when the symbol has no bar in the newest slot: its mark is carried. */
  hasBar(symbol: number): boolean;
  open(symbol: number, ago?: number): number;
  high(symbol: number, ago?: number): number;
  low(symbol: number, ago?: number): number;
  close(symbol: number, ago?: number): number;
  volume(symbol: number, ago?: number): number;
  /** The newest funding rate that was due before the close, as a fraction of notional; NaN where there is none. */
  fundingRate(symbol: number): number;
  /**
   * What the venue told beside the bars: the newest figure that had arrived when the bar closed; liquidations: the sum over the
   * bar. NaN where there is none: spot, recorded and generated markets have none, and a sum of which a part is not known is none.
   */
  reading(symbol: number, kind: ReadingKind, ago?: number): number;
  /** How old that figure was at the close; NaN where there is none. */
  readingAgeMs(symbol: number, kind: ReadingKind, ago?: number): number;
}

export interface FeatureView {
  /** A declared feature, `ago` bars back from the newest (0); NaN during warm-up and where the bar is missing. */
  value(symbol: number, feature: number, ago?: number): number;
}

export interface PositionView {
  /** Signed base units. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly markPrice: number;
  readonly openedAtMs: TimeMs;
  readonly leverage: number;
  readonly marginUsd: number;
  /** NaN where there is none. */
  readonly stopPrice: number;
  readonly targetPrice: number;
  readonly liquidationPrice: number;
  /** Slots since the mark was fresh; 0 when it is. */
  readonly staleBars: number;
}

export interface PortfolioView {
  readonly cashUsd: number;
  readonly equityUsd: number;
  /** 0 when flat. */
  quantity(symbol: number): number;
  position(symbol: number): PositionView | undefined;
}

export const NO_INTENTS: readonly Intent[] = [];
