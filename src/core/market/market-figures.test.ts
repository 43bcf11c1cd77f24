import { describe, expect, it } from 'vitest';
import { spotInstrument } from '../domain/instrument.js';
import { type MarketTable, emptyCandles } from '../domain/market-table.js';
import { HOUR_MS } from '../domain/time.js';
import { measureMarket } from './market-figures.js';

/** Hourly bars whose log returns are given; ranges are twice the move, gaps 1 bp, volume grows with the move. */
function tableOf(...returns: readonly (readonly number[])[]): MarketTable {
  const length = (returns[0]?.length ?? 0) + 1;
  return {
    timeframe: '1h',
    calendar: 'continuous',
    symbols: returns.map((_, k) => `S${String(k)}`),
    instruments: returns.map((_, k) => spotInstrument(`S${String(k)}`)),
    openTimesMs: Float64Array.from({ length }, (_, t) => t * HOUR_MS),
    length,
    funding: returns.map(() => undefined),
    candles: returns.map((own) => {
      const candles = emptyCandles(length);
      let close = 100;
      for (let t = 0; t < length; t++) {
        const move = t === 0 ? 0 : (own[t - 1] ?? NaN);
        candles.open[t] = close * 1.0001;
        close *= Math.exp(move);
        candles.close[t] = close;
        candles.low[t] = close;
        candles.high[t] = close * Math.exp(2 * Math.abs(move));
        candles.volume[t] = Math.exp(Math.abs(move));
      }
      return candles;
    }),
  };
}

describe('the figures of a market', () => {
  // Returns of +-1 % and, one in four, +-3 %: mean 0, mean square 3e-4, mean fourth power 21e-8.
  const pattern = [0.01, -0.01, 0.01, 0.03, -0.01, 0.01, -0.01, -0.03];
  const own = [...pattern, ...pattern, ...pattern];

  it('are those computed by hand', () => {
    const figures = measureMarket(
      tableOf(
        own,
        own.map((move) => -move),
      ),
    );
    expect(figures.bars).toBe(24);
    expect(figures.annualVolatility).toBeCloseTo(Math.sqrt(3e-4 * 8766), 10);
    expect(figures.kurtosis).toBeCloseTo(21e-8 / 9e-8, 10);
    expect(figures.beyondFivePerThousand).toBe(0);
    expect(figures.pairCorrelation).toBeCloseTo(-1, 10);
    expect(figures.absolutePairCorrelation).toBeCloseTo(1, 10);
    expect(figures.moveVolumeCorrelation).toBeCloseTo(1, 10);
    expect(figures.rangeOverMove).toBeCloseTo(2, 10);
    expect(figures.gapBps).toBeCloseTo(1, 6);
  });

  it('have autocorrelations computed by hand', () => {
    const { returnAutocorrelation1h, absoluteAutocorrelation1h } = measureMarket(tableOf(own));
    // Products of neighbours in one round of the pattern, in units of 1e-4: -1 -1 +3 -3 -1 -1 +3, and -3 between rounds.
    expect(returnAutocorrelation1h).toBeCloseTo((3 * -1 + 2 * -3) / (24 * 3), 10);
    // |returns| are 1.5 on average; deviations are -0.5 or 1.5. Neighbours sum to -1.25 in a round, -0.75 between
    // rounds; squares sum to 6 in a round.
    expect(absoluteAutocorrelation1h).toBeCloseTo((3 * -1.25 + 2 * -0.75) / (3 * 6), 10);
  });

  it('take bars that all symbols have, and say NaN where nothing can be said', () => {
    const table = tableOf(own, own);
    table.candles[1]?.volume.fill(NaN, 0, 10);
    expect(measureMarket(table).bars).toBe(14);
    expect(measureMarket({ ...table, timeframe: '1d' }).absoluteAutocorrelation1h).toBeNaN();
    expect(measureMarket(tableOf(own)).pairCorrelation).toBeNaN();
  });
});
