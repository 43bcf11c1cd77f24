import { growingReadings } from './growing-readings.js';
import type { Reading } from './market-readings.js';
import { assertInvariant } from './problem.js';
import { roomFor } from './room-for.js';
import type { Candles, FundingSeries, MarketTable } from './market-table.js';
import { type Timeframe, type TimeMs, timeframeMs } from './time.js';

/** Prices and volume of one symbol in one slot. */
export interface SlotBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

/** A continuous market whose newest slots are not known yet. */
export interface GrowingMarket {
  /**
   * The same object for ever, with the same candle and funding objects; `length` and the arrays behind them change. The axis
   * names at least one slot beyond `length`: the one that comes next.
   */
  readonly table: MarketTable;
  /** The next slot; undefined for symbols without a bar in it. */
  append(bars: readonly (SlotBar | undefined)[]): void;
  /** A rate that was settled at `timeMs`, after all earlier ones of the symbol. */
  addFunding(symbol: number, timeMs: TimeMs, rate: number): void;
  /** A figure beside the bars; what is not newer than the one before is left out. */
  addReading(symbol: number, reading: Reading): void;
  /** From the slot that opens at `openMs` on a symbol trades no more. */
  end(symbol: number, openMs: TimeMs): void;
}

export interface GrowingMarketHead extends Pick<MarketTable, 'symbols' | 'instruments'> {
  readonly timeframe: Timeframe;
  /** Of the first slot. */
  readonly firstOpenMs: TimeMs;
}

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

const FIRST_SLOTS = 256;
const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

export function growingMarket({
  timeframe,
  symbols,
  instruments,
  firstOpenMs,
}: GrowingMarketHead): GrowingMarket {
  const barMs = timeframeMs(timeframe);
  const noColumn = new Float64Array(0);
  const candles: Changeable<Candles>[] = symbols.map(() => ({
    open: noColumn,
    high: noColumn,
    low: noColumn,
    close: noColumn,
    volume: noColumn,
  }));
  const funding = instruments.map((instrument) =>
    instrument.type === 'spot' ? undefined : { timesMs: noColumn, rates: noColumn },
  );
  const beside = growingReadings(symbols.length, barMs);
  const table: Changeable<MarketTable> = {
    timeframe,
    calendar: 'continuous',
    symbols,
    instruments,
    openTimesMs: noColumn,
    length: 0,
    candles,
    funding,
    readings: beside.readings,
  };
  const makeRoom = (capacity: number): void => {
    const axis = new Float64Array(capacity);
    for (let t = 0; t < capacity; t++) axis[t] = firstOpenMs + t * barMs;
    table.openTimesMs = axis;
    for (const columns of candles)
      for (const field of FIELDS) {
        const longer = new Float64Array(capacity).fill(NaN);
        longer.set(columns[field]);
        columns[field] = longer;
      }
  };
  makeRoom(FIRST_SLOTS);

  return {
    table,
    append(bars) {
      assertInvariant(
        bars.length === symbols.length,
        () => `a slot of ${String(bars.length)} bars for ${String(symbols.length)} symbols`,
      );
      const t = table.length;
      if (t + 1 >= table.openTimesMs.length) makeRoom(roomFor(table.openTimesMs.length));
      bars.forEach((bar, s) => {
        const columns = candles[s];
        if (bar === undefined || columns === undefined) return;
        for (const field of FIELDS) columns[field][t] = bar[field];
      });
      table.length = t + 1;
    },
    addFunding(symbol, timeMs, rate) {
      const series: Changeable<FundingSeries> | undefined = funding[symbol];
      assertInvariant(series !== undefined, () => `symbol number ${String(symbol)} pays no funding`);
      const before = series.timesMs.at(-1) ?? -Infinity;
      assertInvariant(
        timeMs > before,
        () => `funding of ${String(timeMs)} does not follow that of ${String(before)}`,
      );
      series.timesMs = longerBy(series.timesMs, timeMs);
      series.rates = longerBy(series.rates, rate);
    },
    addReading(symbol, reading) {
      beside.add(symbol, reading);
    },
    end(symbol, openMs) {
      const endsMs = table.endsMs ?? new Float64Array(symbols.length).fill(NaN);
      endsMs[symbol] = openMs;
      table.endsMs = endsMs;
    },
  };
}

/** Not spread into arguments: years of hourly rates are more than a call takes. */
function longerBy(values: Float64Array, value: number): Float64Array {
  const longer = new Float64Array(values.length + 1);
  longer.set(values);
  longer[values.length] = value;
  return longer;
}
