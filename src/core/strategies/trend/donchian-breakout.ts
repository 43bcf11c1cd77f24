import { z } from 'zod';
import { isAbove, isBelow, signalKind, sizingLabel, sizingParameters } from '../signal-kind.js';

const parameters = z.strictObject({
  entry: z.int().min(2).max(5000).default(20).describe('bars of the channel whose top is broken to enter'),
  exit: z.int().min(1).max(5000).default(10).describe('bars of the channel whose bottom is broken to leave'),
  ...sizingParameters,
});

/** Long on a close above the highest high of the bars before; out below the lowest low of the exit channel. */
export const donchianBreakout = signalKind({
  kind: 'donchian-breakout',
  version: 1,
  summary: 'long on a close above the prior high, out below the prior low',
  parameters,
  label: (p) => `donchian ${String(p.entry)}/${String(p.exit)}${sizingLabel(p)}`,
  features: (p) => [
    { indicator: 'donchian', params: { period: p.entry }, output: 'priorUpper' },
    { indicator: 'donchian', params: { period: p.entry }, output: 'priorLower' },
    { indicator: 'donchian', params: { period: p.exit }, output: 'priorUpper' },
    { indicator: 'donchian', params: { period: p.exit }, output: 'priorLower' },
  ],
  warmupBars: (p) => Math.max(p.entry, p.exit) + 1,
  conditions: (_p, side) =>
    side === 1
      ? [
          { leads: 'enter', left: 'close', is: '>', right: { feature: 0 } },
          { leads: 'leave', left: 'close', is: '<', right: { feature: 3 } },
        ]
      : [
          { leads: 'enter', left: 'close', is: '<', right: { feature: 1 } },
          { leads: 'leave', left: 'close', is: '>', right: { feature: 2 } },
        ],
  signal(_p, side, features, symbol, market) {
    const close = market.close(symbol);
    if (side === 1) {
      if (isAbove(close, features.value(symbol, 0))) return 'enter';
      return isBelow(close, features.value(symbol, 3)) ? 'leave' : 'stay';
    }
    if (isBelow(close, features.value(symbol, 1))) return 'enter';
    return isAbove(close, features.value(symbol, 2)) ? 'leave' : 'stay';
  },
});
