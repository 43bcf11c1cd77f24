import { z } from 'zod';
import { crossConditions } from '../signal-condition.js';
import { crossSignal, signalKind, sizingLabel, sizingParameters } from '../signal-kind.js';
import { crossCodes } from './cross-codes.js';

const parameters = z
  .strictObject({
    fast: z.int().min(1).max(5000).default(10).describe('bars of the fast average'),
    slow: z.int().min(2).max(5000).default(30).describe('bars of the slow average'),
    ...sizingParameters,
  })
  .refine((p) => p.fast < p.slow, { path: ['fast'], message: 'must be smaller than slow' });

/** Long while the fast exponential average is above the slow one; short while it is below. */
export const emaCross = signalKind({
  kind: 'ema-cross',
  version: 1,
  summary: 'long while the fast exponential moving average is above the slow one',
  parameters,
  label: (p) => `ema ${String(p.fast)}/${String(p.slow)}${sizingLabel(p)}`,
  features: (p) => [
    { indicator: 'ema', params: { period: p.fast } },
    { indicator: 'ema', params: { period: p.slow } },
  ],
  warmupBars: (p) => 4 * p.slow,
  conditions: (_p, side) => crossConditions({ feature: 0 }, { feature: 1 }, side),
  signal: (_p, side, features, symbol) =>
    crossSignal(features.value(symbol, 0), features.value(symbol, 1), side),
  fillCodes: crossCodes,
});
