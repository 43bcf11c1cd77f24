import { z } from 'zod';
import { signalKind, sizingLabel, sizingParameters } from '../signal-kind.js';
import { bandConditions, bandSignal } from './band-signal.js';
import { bandCodes } from './band-codes.js';

const parameters = z
  .strictObject({
    period: z.int().min(2).max(1000).default(14).describe('bars of the RSI'),
    low: z.number().min(0).max(100).default(30).describe('enter below this RSI'),
    high: z.number().min(0).max(100).default(60).describe('leave above this RSI'),
    ...sizingParameters,
  })
  .refine((p) => p.low < p.high, { path: ['low'], message: 'must be smaller than high' });

/** Long below the low band, out above the high one. */
export const rsiBands = signalKind({
  kind: 'rsi-bands',
  version: 1,
  summary: 'long when the RSI is below the low band, out above the high band',
  parameters,
  label: (p) => `rsi ${String(p.period)} ${String(p.low)}/${String(p.high)}${sizingLabel(p)}`,
  features: (p) => [{ indicator: 'rsi', params: { period: p.period } }],
  warmupBars: (p) => 4 * p.period,
  conditions: (p, side) => bandConditions(p.low, p.high, side),
  signal: (p, side, features, symbol) => bandSignal(features.value(symbol, 0), p.low, p.high, side),
  fillCodes: bandCodes,
});
