import type { LedgerEntry } from '../../core/domain/ledger.js';
import type { MarketTable } from '../../core/domain/market-table.js';

/** One account's history, as the journal tells it. Columns are parallel, one value per sample, without gaps in equity. */
export interface AccountRecord {
  /** Open of its first bar. */
  readonly startMs: number;
  readonly startUsd: number;
  /** Close of each sample. */
  readonly timesMs: Float64Array;
  readonly equityUsd: Float64Array;
  readonly exposureFraction: Float64Array;
  readonly entries: readonly LedgerEntry[];
}

/** What the account is compared with, at the samples of its record. */
export interface Surroundings {
  readonly market: MarketTable;
  /** What a dollar at the account's first bar became in the champion's series; undefined where nobody was deployed. */
  readonly championGrowth: Float64Array | undefined;
  /** The same for every placebo that had begun by then. */
  readonly placeboGrowths: readonly Float64Array[];
  readonly samplesPerYear: number;
}
