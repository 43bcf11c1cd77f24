import type { MarketTable } from '../core/domain/market-table.js';
import type { TimeMs } from '../core/domain/time.js';

/** Where an arena's bars come from. Bars once given never change; later calls may give more of them. */
export interface MarketSource {
  /** Made up by a program: every output says so. */
  readonly generated: boolean;
  /** For people, e.g. `recorded candles of binance`. */
  readonly label: string;
  /** True when bars never run out. */
  readonly endless: boolean;
  /** True when the table that `load` gives becomes longer by itself. */
  readonly growing?: boolean;
  /** All bars, warm-up included, that open before `endMs`; without it, all there are. */
  load(endMs?: TimeMs): MarketTable;
}
