import { z } from 'zod';
import { isAbove, isBelow, signalKind, sizingLabel, sizingParameters } from '../signal-kind.js';

const parameters = z.strictObject({
  period: z.int().min(2).max(5000).default(20).describe('bars of the band'),
  k: z.number().gt(0).max(10).default(2).describe('width in population deviations'),
  ...sizingParameters,
});

/** Long below the lower band, out above the middle. */
export const bollingerReversion = signalKind({
  kind: 'bollinger-reversion',
  version: 1,
  summary: 'long on a close below the lower Bollinger band, out above the middle',
  parameters,
  label: (p) => `bollinger ${String(p.period)} k${String(p.k)}${sizingLabel(p)}`,
  features: (p) => [
    { indicator: 'bollinger', params: { period: p.period, k: p.k }, output: 'lower' },
    { indicator: 'bollinger', params: { period: p.period, k: p.k }, output: 'middle' },
    { indicator: 'bollinger', params: { period: p.period, k: p.k }, output: 'upper' },
  ],
  warmupBars: (p) => p.period,
  conditions: (_p, side) =>
    side === 1
      ? [
          { leads: 'enter', left: 'close', is: '<', right: { feature: 0 } },
          { leads: 'leave', left: 'close', is: '>', right: { feature: 1 } },
        ]
      : [
          { leads: 'enter', left: 'close', is: '>', right: { feature: 2 } },
          { leads: 'leave', left: 'close', is: '<', right: { feature: 1 } },
        ],
  signal(_p, side, features, symbol, market) {
    const close = market.close(symbol);
    const middle = features.value(symbol, 1);
    if (side === 1) {
      if (isBelow(close, features.value(symbol, 0))) return 'enter';
      return isAbove(close, middle) ? 'leave' : 'stay';
    }
    if (isAbove(close, features.value(symbol, 2))) return 'enter';
    return isBelow(close, middle) ? 'leave' : 'stay';
  },
});
