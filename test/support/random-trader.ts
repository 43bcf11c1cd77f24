import fc from 'fast-check';
import type { Intent } from '../../src/core/domain/intent.js';
import type { StrategyKind } from '../../src/core/strategies/strategy.js';
import { arbitraryBars, marketOf, perpetual } from './made-market.js';
import { scripted } from './scripted-kind.js';

/** Random intents of every kind, from the session's own random numbers: the same seed, the same trader. */
export function randomTrader(leverage: number): StrategyKind {
  return scripted((_n, o) => {
    const intents: Intent[] = [];
    o.symbols.forEach((symbol, i) => {
      const u = o.random();
      const held = o.portfolio.quantity(i) !== 0;
      const side = leverage > 1 && o.random() < 0.5 ? 'short' : 'long';
      const stop = 0.01 + 0.2 * o.random();
      if (u < 0.25)
        intents.push({
          kind: 'open',
          symbol,
          side,
          reason: 'random',
          size: { weight: 0.05 + o.random() },
          leverage: 1 + Math.floor(o.random() * leverage),
          ...(o.random() < 0.5 ? { stop: { fraction: stop } } : {}),
          ...(o.random() < 0.3 ? { target: { fraction: stop } } : {}),
          ...(o.random() < 0.2 ? { maxHoldBars: 1 + Math.floor(o.random() * 5) } : {}),
        });
      else if (held && u < 0.4) intents.push({ kind: 'close', symbol, reason: 'random' });
      else if (held && u < 0.5)
        intents.push({ kind: 'reduce', symbol, reason: 'random', fraction: Math.max(0.01, o.random()) });
      else if (u < 0.6)
        intents.push({
          kind: 'target',
          symbol,
          reason: 'random',
          weight: leverage > 1 ? o.random() * 2 - 1 : o.random(),
        });
    });
    return intents;
  });
}

export const spotMarket = fc.tuple(arbitraryBars(60), arbitraryBars(60)).map((columns) => marketOf(columns));
export const perpMarket = fc.tuple(arbitraryBars(60), arbitraryBars(60)).map((columns) =>
  marketOf(columns, {
    instruments: [
      perpetual('A', { marginTiers: [{ upToNotionalUsd: 1e12, maintenanceFraction: 0.01 }] }),
      perpetual('B', { lotSize: 0.01 }),
    ],
    funding: [
      {
        timesMs: Float64Array.from({ length: 8 }, (_, i) => Date.UTC(2025, 0, 6) + i * 8 * 3_600_000),
        rates: Float64Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 0.002 : -0.001)),
      },
      undefined,
    ],
  }),
);
