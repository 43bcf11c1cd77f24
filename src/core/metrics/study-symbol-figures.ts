import { mean } from './deviation.js';
import { sampleOf } from './sample.js';
import type { StudySymbol, StudyTrial } from './study-trial.js';
import { winRateFrom } from './trade-results.js';
import { measured } from './measurable.js';

/** A ratio over the trials in which it could be measured; the deviation has ddof 1. */
export interface StudyCapture {
  readonly mean: number | undefined;
  readonly deviation: number | undefined;
  readonly trials: number;
}

/** What one symbol brought the trials of a configuration, all together. */
export interface StudySymbolFigures {
  readonly symbol: string;
  readonly trades: number;
  readonly netUsd: number | undefined;
  readonly winFraction: number | undefined;
  readonly meanNetUsd: number | undefined;
  readonly bestUsd: number | undefined;
  readonly worstUsd: number | undefined;
  readonly up: StudyCapture;
  readonly down: StudyCapture;
  readonly timingUp: StudyCapture;
  readonly timingDown: StudyCapture;
}

/** In the order of symbols' names. */
export function studySymbolFigures(trials: readonly StudyTrial[]): StudySymbolFigures[] {
  const bySymbol = new Map<string, StudySymbol[]>();
  for (const trial of trials)
    for (const one of trial.perSymbol) {
      const known = bySymbol.get(one.symbol);
      if (known === undefined) bySymbol.set(one.symbol, [one]);
      else known.push(one);
    }
  return [...bySymbol].sort(([a], [b]) => (a < b ? -1 : 1)).map(([symbol, of]) => figuresOf(symbol, of));
}

function figuresOf(symbol: string, of: readonly StudySymbol[]): StudySymbolFigures {
  const trades = of.reduce((sum, one) => sum + one.trades, 0);
  const netUsd = measured(of.reduce((sum, one) => sum + one.netUsd, 0));
  const known = (values: readonly (number | undefined)[]): number[] =>
    values.filter((value) => value !== undefined);
  const bests = known(of.map((one) => one.bestUsd));
  const worsts = known(of.map((one) => one.worstUsd));
  const capture = (values: readonly (number | undefined)[]): StudyCapture => {
    const found = known(values);
    return { mean: mean(found), deviation: sampleOf(found)?.deviation, trials: found.length };
  };
  return {
    symbol,
    trades,
    netUsd,
    winFraction: winRateFrom(
      of.reduce((sum, one) => sum + one.wins, 0),
      trades,
    ),
    meanNetUsd: netUsd === undefined ? undefined : measured(netUsd / trades),
    bestUsd: measured(Math.max(...bests)),
    worstUsd: measured(Math.min(...worsts)),
    up: capture(of.map((one) => one.upCapture)),
    down: capture(of.map((one) => one.downCapture)),
    timingUp: capture(of.map((one) => one.timingUpCapture)),
    timingDown: capture(of.map((one) => one.timingDownCapture)),
  };
}
