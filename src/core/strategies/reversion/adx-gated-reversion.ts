import { z } from 'zod';
import { signalKind, sizingLabel, sizingParameters } from '../signal-kind.js';
import { bandConditions, bandSignal } from './band-signal.js';

/** An ADX on the limit but for rounding is not below it. */
const ADX_NOISE = 1e-9;

const parameters = z
  .strictObject({
    rsiPeriod: z.int().min(2).max(1000).default(14).describe('bars of the RSI'),
    low: z.number().min(0).max(100).default(30).describe('enter below this RSI'),
    high: z.number().min(0).max(100).default(55).describe('leave above this RSI'),
    adxPeriod: z.int().min(2).max(1000).default(14).describe('bars of the ADX'),
    maxAdx: z.number().gt(0).max(100).default(25).describe('enter only below this ADX: no strong trend'),
    ...sizingParameters,
  })
  .refine((p) => p.low < p.high, { path: ['low'], message: 'must be smaller than high' });

/** Reversion by RSI bands, entered only while the ADX says that there is no strong trend; it leaves in any. */
export const adxGatedReversion = signalKind({
  kind: 'adx-gated-reversion',
  version: 1,
  summary: 'RSI reversion, entered only while the ADX is low',
  parameters,
  label: (p) =>
    `adx<${String(p.maxAdx)} rsi ${String(p.rsiPeriod)} ${String(p.low)}/${String(p.high)}${sizingLabel(p)}`,
  features: (p) => [
    { indicator: 'rsi', params: { period: p.rsiPeriod } },
    { indicator: 'adx', params: { period: p.adxPeriod }, output: 'adx' },
  ],
  warmupBars: (p) => 4 * Math.max(p.rsiPeriod, p.adxPeriod),
  conditions: (p, side) => [
    ...bandConditions(p.low, p.high, side),
    { leads: 'enter', left: { feature: 1 }, is: '<', right: p.maxAdx },
  ],
  signal(p, side, features, symbol) {
    const signal = bandSignal(features.value(symbol, 0), p.low, p.high, side);
    // A missing ADX is no permission.
    return signal === 'enter' && !(features.value(symbol, 1) < p.maxAdx - ADX_NOISE) ? 'stay' : signal;
  },
});
