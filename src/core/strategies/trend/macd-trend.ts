import { z } from 'zod';
import { crossConditions } from '../signal-condition.js';
import { TIE_TOLERANCE, signalKind, sizingLabel, sizingParameters } from '../signal-kind.js';

const parameters = z
  .strictObject({
    fast: z.int().min(1).max(5000).default(12).describe('bars of the fast average'),
    slow: z.int().min(2).max(5000).default(26).describe('bars of the slow average'),
    signal: z.int().min(1).max(5000).default(9).describe('bars of the signal line'),
    ...sizingParameters,
  })
  .refine((p) => p.fast < p.slow, { path: ['fast'], message: 'must be smaller than slow' });

/** Long while the MACD is above its signal line, short while it is below. */
export const macdTrend = signalKind({
  kind: 'macd-trend',
  version: 1,
  summary: 'long while the MACD is above its signal line',
  parameters,
  label: (p) => `macd ${String(p.fast)}/${String(p.slow)}/${String(p.signal)}${sizingLabel(p)}`,
  features: (p) => [
    { indicator: 'macd', params: { fast: p.fast, slow: p.slow, signal: p.signal }, output: 'histogram' },
  ],
  warmupBars: (p) => 4 * (p.slow + p.signal),
  conditions: (_p, side) => crossConditions({ feature: 0 }, 0, side),
  signal(_p, side, features, symbol, market) {
    const towards = side * features.value(symbol, 0);
    // The histogram is a difference of prices: its rounding noise is a share of the price, not of itself.
    const noise = 1e3 * TIE_TOLERANCE * market.close(symbol);
    if (towards > noise) return 'enter';
    return towards < -noise ? 'leave' : 'stay';
  },
});
