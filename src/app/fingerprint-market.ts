import type { Hash } from '../core/arena/contestant.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { columnsOfSeries, listSeries } from '../core/domain/market-readings.js';
import type { MarketTable } from '../core/domain/market-table.js';

/** Names a market by its content: bars, funding, and what the venue says of its symbols. */
export function fingerprintMarket(table: MarketTable, hash: Hash): string {
  const { timeframe, calendar, symbols, instruments, length } = table;
  const column = (values: Float64Array): string => {
    const used = values.subarray(0, Math.min(length, values.length));
    return hash(new Uint8Array(used.buffer, used.byteOffset, used.byteLength));
  };
  const readings = listSeries(table.readings).map(({ symbol, kind, series }) => [
    symbol,
    kind,
    ...columnsOfSeries(series).map((values) => wholly(values, hash)),
  ]);
  return hash(
    canonicalJson({
      timeframe,
      calendar,
      symbols,
      instruments,
      length,
      openTimes: column(table.openTimesMs),
      candles: table.candles.map(({ open, high, low, close, volume }) =>
        [open, high, low, close, volume].map(column),
      ),
      funding: table.funding.map((series) =>
        series === undefined ? null : [wholly(series.timesMs, hash), wholly(series.rates, hash)],
      ),
      // Absent where there are none: such a market has the name that it always had.
      ...(readings.length === 0 ? {} : { readings }),
    }),
  );
}

function wholly(values: Float64Array, hash: Hash): string {
  return hash(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
