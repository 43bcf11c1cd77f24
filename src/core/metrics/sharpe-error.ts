import { measured } from './measurable.js';
import { type SharpeRecord, sharpeSpread } from './sharpe-record.js';

/** 97.5 % of a Normal lie below it. */
const HALF_WIDTH = 1.96;

/**
 * Standard error of a Sharpe ratio per period, for independent returns of any shape:
 * sqrt((1 - g3 SR + (g4 - 1) / 4 SR^2) / (n - 1)) (Mertens 2002; Bailey & Lopez de Prado 2012, J. Risk 15(2)).
 * Undefined below two returns.
 */
export function sharpeError(record: SharpeRecord): number | undefined {
  const spread = sharpeSpread(record);
  return spread === undefined || !(record.periods >= 2)
    ? undefined
    : measured(Math.sqrt(spread / (record.periods - 1)));
}

/**
 * The same for independent Normal returns: sqrt((1 + SR^2 / 2) / n) (Lo 2002, Financial Analysts Journal 58(4)).
 * Skewed returns with fat tails have a larger one.
 */
export function normalSharpeError(sharpe: number, periods: number): number | undefined {
  return periods >= 2 ? measured(Math.sqrt((1 + (sharpe * sharpe) / 2) / periods)) : undefined;
}

export interface SharpeRange {
  readonly low: number;
  readonly high: number;
}

/** Where the annual ratio lies with 95 %: SR +- 1.96 standard errors, as annual figures. */
export function sharpeRange(record: SharpeRecord, periodsPerYear: number): SharpeRange | undefined {
  const error = sharpeError(record);
  if (error === undefined) return undefined;
  const root = Math.sqrt(periodsPerYear);
  return {
    low: root * (record.sharpe - HALF_WIDTH * error),
    high: root * (record.sharpe + HALF_WIDTH * error),
  };
}
