/**
 * A study runs one configuration (a model, its prompt and temperature) several times over the same window of the market and
 * compares configurations. These are its words; `judge-study.ts` is what is made of them.
 */
export interface StudySymbol {
  readonly symbol: string;
  /** Closed trades. */
  readonly trades: number;
  readonly netUsd: number;
  readonly wins: number;
  readonly bestUsd: number | undefined;
  readonly worstUsd: number | undefined;
  /** Ratios as `symbolCaptures` has them: the weighted ones of the account, those of timing without size and leverage. */
  readonly upCapture?: number | undefined;
  readonly downCapture?: number | undefined;
  readonly timingUpCapture?: number | undefined;
  readonly timingDownCapture?: number | undefined;
}

/** What one trial came to, net of all costs. */
export interface StudyTrial {
  /** E.g. `openai gpt-4o-mini t0.1`. */
  readonly configuration: string;
  readonly model: string;
  readonly temperature: number | null;
  readonly trial: number;
  /** Trials of one window saw the same prices; without a name all trials are of one window. */
  readonly window?: string | undefined;
  readonly returnFraction: number;
  /** Annual, from returns per bar (ddof 1). */
  readonly sharpe: number | undefined;
  readonly sortino?: number | undefined;
  readonly annualVolatilityFraction?: number | undefined;
  readonly maxDrawdownFraction: number | undefined;
  readonly fills: number;
  readonly closedTrades: number;
  readonly wins: number;
  readonly feesUsd: number;
  readonly modelCostUsd: number;
  readonly fundingUsd: number;
  readonly equityUsd: number;
  /** Decisions that failed over decisions that were due. */
  readonly failedShare: number;
  readonly bestTradeUsd: number | undefined;
  readonly worstTradeUsd: number | undefined;
  readonly tradeNetsUsd: readonly number[];
  readonly notionalsUsd: readonly number[];
  readonly holdHours: readonly number[];
  readonly leverages: readonly number[];
  /** Of the trades; undefined without any. */
  readonly longShare: number | undefined;
  readonly perSymbol: readonly StudySymbol[];
}

/** A random trader on the same bars, costs included; one per seed, group and window. */
export interface StudyPlacebo {
  /** How these traded, e.g. `random` or `random at 10x`: a return that leverage made is compared with random traders that had it too. */
  readonly group?: string | undefined;
  readonly seed: number;
  readonly window?: string | undefined;
  readonly returnFraction: number;
}

/** A benchmark on the same bars, costs included. */
export interface StudyBenchmark {
  readonly name: string;
  readonly window?: string | undefined;
  readonly returnFraction: number;
  readonly equityUsd: number;
  readonly sharpe: number | undefined;
  readonly maxDrawdownFraction: number | undefined;
  readonly annualVolatilityFraction: number | undefined;
}

/** Where decisions failed more often than this, a trial shows the failures and not the model. */
export const MOST_FAILED_SHARE = 0.05;

export const ONE_WINDOW = 'all trials';

export function windowOf(of: { readonly window?: string | undefined }): string {
  return of.window ?? ONE_WINDOW;
}
