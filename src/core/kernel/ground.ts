import type { LedgerBuffer } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import type { BlockRows } from './block-rows.js';
import type { LaneRecords } from './lane-layout.js';
import type { Work } from './work.js';

/** What the bars of one lane are played on, and where they leave their marks. */
export interface Ground {
  readonly market: MarketTable;
  readonly rows: BlockRows;
  readonly ledger: LedgerBuffer;
  readonly work: Work;
  readonly records: LaneRecords;
  /** By row. */
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
}
