import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { barsOf, runOutput } from '../../../test/support/indicator-streams.js';

/** Published values, kept outside the project; without them these tests are skipped and say so. */
const VECTORS = '../shared/vectors';
const DAILY = `${VECTORS}/indicators_daily_260.json`;
const TULIP = `${VECTORS}/indicators_tulip.json`;

const numbers = z.array(z.number());
const dailySchema = z.object({
  tolerance: z.number(),
  quotes: z.object({ high: numbers, low: numbers, close: numbers, volume: numbers }),
  indicators: z.record(
    z.string(),
    z.object({
      params: z.record(z.string(), z.number()),
      series: z.record(z.string(), z.array(z.number().nullable())),
    }),
  ),
});

describe.skipIf(!existsSync(DAILY))(`260 daily bars of Stock.Indicators (skipped without ${DAILY})`, () => {
  const daily = existsSync(DAILY) ? dailySchema.parse(JSON.parse(readFileSync(DAILY, 'utf8'))) : undefined;

  /** [indicator, our output, their indicator, their series] */
  const SERIES = [
    ['sma', 'value', 'sma', 'sma'],
    ['ema', 'value', 'ema', 'ema'],
    ['rsi', 'value', 'rsi', 'rsi'],
    ['macd', 'macd', 'macd', 'macd'],
    ['macd', 'signal', 'macd', 'signal'],
    ['macd', 'histogram', 'macd', 'histogram'],
    ['atr', 'value', 'atr', 'atr'],
    ['adx', 'adx', 'adx', 'adx'],
    ['adx', 'plusDi', 'adx', 'pdi'],
    ['adx', 'minusDi', 'adx', 'mdi'],
    ['adx', 'dx', 'adx', 'dx'],
    ['bollinger', 'middle', 'bollinger', 'sma'],
    ['bollinger', 'upper', 'bollinger', 'upperBand'],
    ['bollinger', 'lower', 'bollinger', 'lowerBand'],
    ['bollinger', 'percentB', 'bollinger', 'percentB'],
    ['bollinger', 'width', 'bollinger', 'width'],
    ['zscore', 'value', 'bollinger', 'zScore'],
    ['stochastic', 'k', 'stochastic', 'oscillator'],
    ['stochastic', 'd', 'stochastic', 'signal'],
    ['vwma', 'value', 'vwma', 'vwma'],
  ] as const;

  it.each(SERIES)('%s %s equals %s %s, warm-up included', (name, output, theirs, series) => {
    const source = daily?.indicators[theirs];
    const expected = source?.series[series] ?? [];
    expect(expected).toHaveLength(260);
    const params =
      theirs === 'stochastic'
        ? stochasticParams(source?.params ?? {})
        : name === 'zscore'
          ? { period: source?.params['period'] ?? NaN }
          : withoutDdof(source?.params ?? {});
    const actual = runOutput(name, params, barsOf(daily?.quotes ?? { close: [] }), output);
    expected.forEach((value, at) => {
      if (value === null) expect(actual[at], `bar ${String(at)}`).toBeNaN();
      else expectWithin(actual[at], value, daily?.tolerance ?? 0, at);
    });
  });
});

const tulipSchema = z.array(
  z.object({
    indicator: z.string(),
    params: numbers,
    file: z.string(),
    inputs: z.record(z.string(), numbers),
    expected: z.record(z.string(), numbers),
  }),
);

type Reading = (
  params: readonly number[],
  output: string,
) => readonly [string, Record<string, number>, string];
const period = (params: readonly number[]): Record<string, number> => ({ period: params[0] ?? NaN });

/** How a Tulip indicator is called here. */
const READINGS: Readonly<Record<string, Reading>> = {
  sma: (params) => ['sma', period(params), 'value'],
  rsi: (params) => ['rsi', period(params), 'value'],
  roc: (params) => ['roc', period(params), 'value'],
  vwma: (params) => ['vwma', period(params), 'value'],
  stddev: (params) => ['deviation', period(params), 'value'],
  max: (params) => ['donchian', period(params), 'upper'],
  min: (params) => ['donchian', period(params), 'lower'],
  bbands: (params, output) => ['bollinger', { ...period(params), k: params[1] ?? NaN }, output],
  stoch: (params, output) => [
    'stochastic',
    { ...period(params), smooth: params[1] ?? NaN, dPeriod: params[2] ?? NaN },
    output,
  ],
  // Williams %R is the fast stochastic k, counted down from 100.
  willr: (params) => ['stochastic', { ...period(params), smooth: 1, dPeriod: 1 }, 'k'],
  // An ATR of one bar is the true range; Tulip's first one has no previous close and no counterpart here.
  tr: () => ['atr', { period: 1 }, 'value'],
};

/** Tulip's conventions that are not the project's, or indicators that the project does not have. */
const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  ema: 'seeded with the first value; here with the mean of the first n',
  macd: 'its EMAs are seeded with the first value',
  atr: "averages the first bar's high - low as a true range; here true ranges start at the second bar",
  di: 'starts one bar earlier, from n - 1 moves; here from n moves',
  adx: 'its directional indicators start from n - 1 moves',
  cci: 'not an indicator of this catalog',
  mfi: 'not an indicator of this catalog',
  obv: 'not an indicator of this catalog',
  wma: 'not an indicator of this catalog',
  wilders: 'smoothing of closes is not an indicator of this catalog; rsi and atr use it',
};

describe.skipIf(!existsSync(TULIP))(`short series of Tulip Indicators (skipped without ${TULIP})`, () => {
  const file: unknown = existsSync(TULIP) ? JSON.parse(readFileSync(TULIP, 'utf8')) : {};
  const cases = Object.values(z.record(z.string(), z.unknown()).parse(file)).flatMap(
    (value) => tulipSchema.safeParse(value).data ?? [],
  );

  it('every published case is either tested or has a reason not to be', () => {
    expect(cases).toHaveLength(46);
    for (const { indicator } of cases)
      expect(indicator in READINGS || indicator in NOT_APPLICABLE, indicator).toBe(true);
  });

  for (const { indicator, params, file: origin, inputs, expected } of cases) {
    const reading = READINGS[indicator];
    const title = `${indicator}(${params.join(',')}) of ${origin}`;
    if (reading === undefined) {
      it.skip(`${title}: ${NOT_APPLICABLE[indicator] ?? ''}`, () => undefined);
      continue;
    }
    it.each(Object.entries(expected))(`${title}: %s`, (output, values) => {
      const close = inputs['close'] ?? [];
      const [name, ourParams, ourOutput] = reading(params, output);
      const actual = runOutput(name, ourParams, barsOf({ ...inputs, close }), ourOutput);
      const shift = indicator === 'willr' ? -100 : 0;
      // Their outputs are aligned to the end of the input, and printed with three or more decimals.
      values.slice(indicator === 'tr' ? 1 : 0).forEach((value, at, compared) => {
        const bar = close.length - compared.length + at;
        expectWithin((actual[bar] ?? NaN) + shift, value, Math.max(1e-3, 5e-4 * Math.abs(value)), bar);
      });
    });
  }
});

function stochasticParams(params: Readonly<Record<string, number>>): Record<string, number> {
  return {
    period: params['k_period'] ?? NaN,
    smooth: params['k_smooth'] ?? NaN,
    dPeriod: params['d_period'] ?? NaN,
  };
}

function withoutDdof(params: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'stddev_ddof'));
}

function expectWithin(actual: number | undefined, expected: number, tolerance: number, bar: number): void {
  expect(Math.abs((actual ?? NaN) - expected), `bar ${String(bar)}: ${String(actual)}`).toBeLessThanOrEqual(
    tolerance,
  );
}
