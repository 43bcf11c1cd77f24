import { deviation, mean } from './deviation.js';
import type { Weather } from './market-weather.js';
import { sharpeFrom } from './sharpe.js';

/** What came of the samples of one kind of weather. */
export interface WeatherRow {
  readonly word: string;
  readonly samples: number;
  /** Share of all samples. */
  readonly timeFraction: number;
  /** Sum of simple returns: rows add up to the sum over all samples. */
  readonly returnSum: number;
  readonly marketSum: number;
  readonly sharpe: number | undefined;
}

/** Samples without a word are counted as `unknown`. All arrays have one value per sample. */
export function weatherAttribution(
  returns: Float64Array,
  marketReturns: Float64Array,
  weather: readonly Weather[],
  words: readonly string[],
  wordOf: (weather: Weather) => string | undefined,
  periodsPerYear: number,
): WeatherRow[] {
  const total = returns.length;
  return [...words, 'unknown'].map((word) => {
    const own: number[] = [];
    let marketSum = 0;
    for (let i = 0; i < total; i++) {
      const here = weather[i];
      if (((here === undefined ? undefined : wordOf(here)) ?? 'unknown') !== word) continue;
      own.push(returns[i] ?? NaN);
      marketSum += marketReturns[i] ?? NaN;
    }
    return {
      word,
      samples: own.length,
      timeFraction: total === 0 ? 0 : own.length / total,
      returnSum: own.reduce((sum, value) => sum + value, 0),
      marketSum,
      sharpe: sharpeFrom(mean(own), deviation(own), periodsPerYear),
    };
  });
}
