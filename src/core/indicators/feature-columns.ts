/**
 * The columns that strategies read: every indicator is computed once per symbol and parameters, whoever asks
 * for it, by running its stream along the table. A longer table continues the streams where they stood.
 */
import type { Bar, Candles, MarketTable } from '../domain/market-table.js';
import { Problem, assertInvariant } from '../domain/problem.js';
import { roomFor } from '../domain/room-for.js';
import { findIndicator } from './catalog.js';
import type { Indicator, IndicatorDefinition } from './indicator.js';
import { outputWarmupBars } from './output-warmup.js';
import { type Params, withDefaults } from './parameters.js';

export interface FeatureSpec {
  readonly indicator: string;
  /** The definition's defaults where absent. */
  readonly params?: Params;
  /** The definition's first output where absent. */
  readonly output?: string;
}

export interface FeatureColumn {
  readonly key: string;
  /**
   * On the table's axis; NaN during warm-up, where the symbol has no bar and beyond the table's length. The
   * column object stays the same for ever, its array is replaced by a longer one when the table outgrows it.
   */
  values: Float64Array;
  /** Bars of the symbol after which this output has its first value. */
  readonly warmupBars: number;
}

export interface FeatureStore {
  readonly table: MarketTable;
  /** Created and filled on the first request, the same object afterwards. */
  column(symbolIndex: number, spec: FeatureSpec): FeatureColumn;
  /** Numbers that all columns hold together: whoever asks for ever more of them has to begin anew some time. */
  size(): number;
  /** Takes a table that continues the present one. */
  extend(table: MarketTable): void;
}

/** One running indicator of one symbol, with a column per output. */
interface Stream {
  readonly symbolIndex: number;
  readonly indicator: Indicator;
  readonly columns: readonly FeatureColumn[];
  readonly out: Float64Array;
  /** Slots of the axis that the stream has passed. */
  passed: number;
}

/** `BTC-USD:bollinger(period=20,k=2).upper`: the same for every way to write the same feature. */
export function featureKey(symbol: string, spec: FeatureSpec): string {
  const definition = findIndicator(spec.indicator);
  const name = streamName(symbol, definition, withDefaults(definition, spec.params));
  return `${name}.${definition.outputs[outputIndex(definition, spec)] ?? ''}`;
}

/** `bollinger(20,2).upper`, for people: without symbol and parameter names. */
export function featureText(spec: FeatureSpec): string {
  const definition = findIndicator(spec.indicator);
  const values = Object.values(withDefaults(definition, spec.params)).join(',');
  const output =
    definition.outputs.length === 1 ? '' : `.${definition.outputs[outputIndex(definition, spec)] ?? ''}`;
  return `${definition.name}(${values})${output}`;
}

/** Where columns get their memory: runs by the thousand hand it on instead of asking for more. Its content is anything. */
export type ColumnMemory = (length: number) => Float64Array;

const NEW_MEMORY: ColumnMemory = (length) => new Float64Array(length);

export function createFeatureStore(
  initialTable: MarketTable,
  memory: ColumnMemory = NEW_MEMORY,
): FeatureStore {
  const streams = new Map<string, Stream>();
  const bar: Bar = { openTimeMs: NaN, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  let table = initialTable;
  let length = initialTable.length;

  return {
    get table() {
      return table;
    },
    column(symbolIndex, spec) {
      const symbol = table.symbols[symbolIndex];
      assertInvariant(symbol !== undefined, () => `the table has no symbol number ${String(symbolIndex)}`);
      const definition = findIndicator(spec.indicator);
      const params = withDefaults(definition, spec.params);
      const wanted = outputIndex(definition, spec);
      const name = streamName(symbol, definition, params);
      let stream = streams.get(name);
      if (stream === undefined) {
        stream = startStream(name, symbolIndex, definition, params, memory, table.length);
        passTo(stream, table, bar);
        streams.set(name, stream);
      }
      const column = stream.columns[wanted];
      assertInvariant(column !== undefined, () => `${name} has no output number ${String(wanted)}`);
      return column;
    },
    size() {
      let doubles = 0;
      for (const { columns } of streams.values()) for (const { values } of columns) doubles += values.length;
      return doubles;
    },
    extend(longer) {
      assertContinues(table, length, longer);
      table = longer;
      length = longer.length;
      for (const stream of streams.values()) passTo(stream, table, bar);
    },
  };
}

/** Runs the stream over the slots it has not passed yet. A slot without a bar is passed by, not fed. */
function passTo(stream: Stream, table: MarketTable, bar: Bar): void {
  const candles = table.candles[stream.symbolIndex];
  assertInvariant(candles !== undefined, () => `no candles for symbol number ${String(stream.symbolIndex)}`);
  for (const column of stream.columns) column.values = withCapacity(column.values, table.length);
  const { indicator, columns, out } = stream;
  const { close } = candles;
  if (indicator.fill !== undefined) {
    const outputs = columns.map((column) => column.values);
    indicator.fill(candles, stream.passed, table.length, outputs);
    stream.passed = table.length;
    return;
  }
  for (let slot = stream.passed; slot < table.length; slot += 1) {
    if (Number.isNaN(close[slot] ?? NaN)) continue;
    readBar(bar, candles, table.openTimesMs, slot);
    indicator.next(bar, out);
    for (let output = 0; output < columns.length; output += 1) {
      const column = columns[output];
      if (column !== undefined) column.values[slot] = out[output] ?? NaN;
    }
  }
  stream.passed = table.length;
}

function readBar(bar: Bar, candles: Candles, openTimesMs: Float64Array, slot: number): void {
  bar.openTimeMs = openTimesMs[slot] ?? NaN;
  bar.open = candles.open[slot] ?? NaN;
  bar.high = candles.high[slot] ?? NaN;
  bar.low = candles.low[slot] ?? NaN;
  bar.close = candles.close[slot] ?? NaN;
  bar.volume = candles.volume[slot] ?? NaN;
}

function startStream(
  name: string,
  symbolIndex: number,
  definition: IndicatorDefinition,
  params: Params,
  memory: ColumnMemory,
  capacity: number,
): Stream {
  const indicator = definition.create(params);
  // Whoever fills columns writes every slot of the table.
  const blank = (): Float64Array =>
    indicator.fill === undefined ? memory(capacity).fill(NaN) : memory(capacity);
  return {
    symbolIndex,
    indicator,
    columns: definition.outputs.map((output) => ({
      key: `${name}.${output}`,
      values: blank(),
      warmupBars: outputWarmupBars(definition, output, params),
    })),
    out: new Float64Array(definition.outputs.length),
    passed: 0,
  };
}

function streamName(symbol: string, definition: IndicatorDefinition, params: Params): string {
  const written = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  return `${symbol}:${definition.name}(${written.join(',')})`;
}

function outputIndex(definition: IndicatorDefinition, spec: FeatureSpec): number {
  if (spec.output === undefined) return 0;
  const index = definition.outputs.indexOf(spec.output);
  if (index < 0)
    throw new Problem('input', `indicator ${definition.name} has no output ${JSON.stringify(spec.output)}`, {
      hint: `Its outputs are ${definition.outputs.join(', ')}.`,
    });
  return index;
}

function withCapacity(values: Float64Array, length: number): Float64Array {
  if (values.length >= length) return values;
  const larger = new Float64Array(roomFor(length)).fill(NaN);
  larger.set(values);
  return larger;
}

/** The whole past is not compared: the same symbols and the same last known slot tell a foreign table. */
function assertContinues(before: MarketTable, length: number, after: MarketTable): void {
  assertInvariant(
    after.length >= length && after.timeframe === before.timeframe,
    () => `a table of ${String(after.length)} bars cannot continue one of ${String(length)}`,
  );
  const same = (a: number | undefined, b: number | undefined): boolean => Object.is(a, b);
  assertInvariant(
    after.symbols.length === before.symbols.length &&
      after.symbols.every((symbol, index) => symbol === before.symbols[index]),
    () => `the symbols ${after.symbols.join(', ')} do not continue ${before.symbols.join(', ')}`,
  );
  if (length === 0) return;
  const last = length - 1;
  assertInvariant(
    same(after.openTimesMs[last], before.openTimesMs[last]) &&
      after.candles.every((candles, index) => same(candles.close[last], before.candles[index]?.close[last])),
    () => `slot ${String(last)} of the longer table is not the bar that was there before`,
  );
}
