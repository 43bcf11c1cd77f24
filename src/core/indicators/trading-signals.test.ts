import { describe, expect, it } from 'vitest';
import {
  ADX,
  ATR,
  BollingerBands,
  DX,
  DonchianChannels,
  EMA,
  MACD,
  ROC,
  RSI,
  SMA,
  StochasticOscillator,
  VWAP,
  VWMA,
} from 'trading-signals';
import type { Bar } from '../domain/market-table.js';
import { DAY_MS } from '../domain/time.js';
import { runOutput, walkBars } from '../../../test/support/indicator-streams.js';

/**
 * The library seeds EMA with the first value and counts the first bar's range in ATR and DX, so those agree
 * only after their beginnings have faded: 0.8^300 < 1e-28.
 */
const FADED_BARS = 300;

/** Values of the library on the same bars; NaN where it has none. */
type Oracle = (bars: readonly Bar[]) => number[];

function from<Input>(
  indicator: { update(input: Input, replace: boolean): unknown },
  input: (bar: Bar) => Input,
  read: (result: never) => number = (result) => result,
): Oracle {
  return (bars) =>
    bars.map((bar) => {
      const result = indicator.update(input(bar), false);
      return result === null || result === undefined ? NaN : read(result as never);
    });
}

const close = (bar: Bar): number => bar.close;
const whole = (bar: Bar): Bar => bar;

function directional(side: 'pdi' | 'mdi'): Oracle {
  const dx = new DX(5);
  return (bars) =>
    bars.map((bar) => {
      dx.update(bar, false);
      return 100 * (dx[side] ?? NaN);
    });
}

/** The library's VWAP never resets; a new one is made for each day. */
const dailyVwap: Oracle = (bars) => {
  let vwap = new VWAP();
  let day = NaN;
  return bars.map((bar) => {
    const barDay = Math.floor(bar.openTimeMs / DAY_MS);
    if (barDay !== day) vwap = new VWAP();
    day = barDay;
    return vwap.update(bar, false) ?? NaN;
  });
};

const bands = (side: 'upper' | 'middle' | 'lower'): Oracle =>
  from(new BollingerBands(20, 2.5), close, (result: Record<typeof side, number>) => result[side]);
const channel = (side: 'upper' | 'middle' | 'lower'): Oracle =>
  from(new DonchianChannels(20), whole, (result: Record<typeof side, number>) => result[side]);
const macdLine = (side: 'macd' | 'signal' | 'histogram'): Oracle =>
  from(
    new MACD(new EMA(4), new EMA(9), new EMA(5)),
    close,
    (result: Record<typeof side, number>) => result[side],
  );
const stoch = (side: 'stochK' | 'stochD'): Oracle =>
  from(
    new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 4 }),
    whole,
    (result: Record<typeof side, number>) => result[side],
  );

const STOCHASTIC = { period: 14, smooth: 3, dPeriod: 4 };
const MACD_PARAMS = { fast: 4, slow: 9, signal: 5 };
const CASES: readonly {
  name: string;
  params: Readonly<Record<string, number>>;
  output?: string;
  oracle: () => Oracle;
  fromBar: number;
}[] = [
  { name: 'sma', params: { period: 20 }, oracle: () => from(new SMA(20), close), fromBar: 0 },
  { name: 'ema', params: { period: 9 }, oracle: () => from(new EMA(9), close), fromBar: FADED_BARS },
  { name: 'rsi', params: { period: 14 }, oracle: () => from(new RSI(14), close), fromBar: 0 },
  { name: 'atr', params: { period: 5 }, oracle: () => from(new ATR(5), whole), fromBar: FADED_BARS },
  { name: 'roc', params: { period: 7 }, oracle: () => from(new ROC(7), close), fromBar: 0 },
  { name: 'vwma', params: { period: 14 }, oracle: () => from(new VWMA(14), whole), fromBar: 0 },
  { name: 'vwap-session', params: {}, oracle: () => dailyVwap, fromBar: 0 },
  { name: 'adx', params: { period: 5 }, oracle: () => from(new ADX(5), whole), fromBar: FADED_BARS },
  {
    name: 'adx',
    params: { period: 5 },
    output: 'dx',
    oracle: () => from(new DX(5), whole),
    fromBar: FADED_BARS,
  },
  {
    name: 'adx',
    params: { period: 5 },
    output: 'plusDi',
    oracle: () => directional('pdi'),
    fromBar: FADED_BARS,
  },
  {
    name: 'adx',
    params: { period: 5 },
    output: 'minusDi',
    oracle: () => directional('mdi'),
    fromBar: FADED_BARS,
  },
  ...(['upper', 'middle', 'lower'] as const).flatMap((output) => [
    { name: 'bollinger', params: { period: 20, k: 2.5 }, output, oracle: () => bands(output), fromBar: 0 },
    { name: 'donchian', params: { period: 20 }, output, oracle: () => channel(output), fromBar: 0 },
  ]),
  ...(['macd', 'signal', 'histogram'] as const).map((output) => ({
    ...{ name: 'macd', params: MACD_PARAMS, output, oracle: () => macdLine(output), fromBar: FADED_BARS },
  })),
  // The library withholds k until d exists.
  { name: 'stochastic', params: STOCHASTIC, output: 'k', oracle: () => stoch('stochK'), fromBar: 18 },
  { name: 'stochastic', params: STOCHASTIC, output: 'd', oracle: () => stoch('stochD'), fromBar: 0 },
];

describe('on random walks the trading-signals library has the same', () => {
  it.each(CASES)('$name $output', ({ name, params, output, oracle, fromBar }) => {
    for (const seed of [1, 2, 3]) {
      const bars = walkBars(seed, 600);
      const ours = runOutput(name, params, bars, output);
      const theirs = oracle()(bars);
      for (let at = fromBar; at < bars.length; at += 1) {
        const value = ours[at] ?? NaN;
        const reference = theirs[at] ?? NaN;
        if (Number.isNaN(reference)) expect(value, `bar ${String(at)}`).toBeNaN();
        else expect(Math.abs(value - reference), `bar ${String(at)}`).toBeLessThan(1e-9);
      }
    }
  });
});
