import { formatForPeople } from '../../domain/time.js';
import type { FeatureSpec } from '../../indicators/feature-columns.js';
import type { Observation } from '../strategy.js';
import type { CoinNames } from './coin-names.js';
import type { TraderRules } from './signal-context.js';
import type { TraderMemory } from './trader-memory.js';

/** What a prompt is made of; the same input gives the same bytes. */
export interface PromptInput {
  readonly observation: Observation;
  readonly rules: TraderRules & { readonly mask: boolean };
  readonly names: CoinNames;
  /** As it is at this decision. */
  readonly memory: TraderMemory;
  /** Symbols whose condition has come true at this close. */
  readonly leaving: ReadonlySet<number>;
}

/**
 * One version of a prompt. Its name is part of a contestant's parameters and so of its identity: a changed text is a
 * new version under a new name, and a test holds the bytes of every version.
 */
export interface PromptTemplate {
  readonly name: string;
  readonly features: readonly FeatureSpec[];
  /** Figures that a condition may name, with their place among the features. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Four times its longest period: exponential means have forgotten how they began. */
  readonly warmupBars: number;
  /** The same at every decision of a contestant, so that providers can cache it. */
  system(input: PromptInput): string;
  user(input: PromptInput): string;
}

/** A time as the model may know it: with masked dates, minutes since it began. */
export function timeText({ rules, memory }: PromptInput, timeMs: number): string {
  return rules.mask
    ? `minute ${String(minutesSince(memory.start?.atMs ?? timeMs, timeMs))}`
    : formatForPeople(timeMs);
}

export function minutesSince(startMs: number, timeMs: number): number {
  return Math.round((timeMs - startMs) / 60_000);
}

/** The name under which the model knows a symbol of the market. */
export function nameOf({ observation, names }: PromptInput, symbol: string): string {
  return names.shown[observation.symbols.indexOf(symbol)] ?? symbol;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
] as const;

/** `4h`: bars are named after the data, never after what a text once said. */
export function barText(timeframeMs: number): string {
  const unit = UNITS.find(([ms]) => timeframeMs % ms === 0);
  return unit === undefined ? `${String(timeframeMs)}ms` : `${String(timeframeMs / unit[0])}${unit[1]}`;
}
