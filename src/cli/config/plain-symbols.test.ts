import { describe, expect, it } from 'vitest';
import { Problem } from '../../core/domain/problem.js';
import { plainSymbols } from './plain-symbols.js';
import { configSchema } from './schema.js';

function plain(market: Record<string, unknown>): readonly string[] | undefined {
  return plainSymbols(configSchema.parse({ market: { source: 'live', ...market } }).market);
}

function refusal(market: Record<string, unknown>): string {
  try {
    plain(market);
  } catch (error) {
    if (error instanceof Problem) return `${error.message}\n${error.hint ?? ''}`;
    throw error;
  }
  return 'no refusal';
}

describe('symbols of a live market', () => {
  it('may be written as ccxt writes linear perpetuals', () => {
    expect(plain({ instrument: 'perpetual', symbols: ['BTC/USDT:USDT', 'ETH/USDT'] })).toEqual([
      'BTC/USDT',
      'ETH/USDT',
    ]);
    expect(plain({ instrument: 'perpetual' })).toBeUndefined();
    expect(plain({ symbols: ['BTC/USDT'] })).toEqual(['BTC/USDT']);
  });

  it('are refused with what to type where they are not what the instrument is', () => {
    expect(refusal({ symbols: ['BTC/USDT:USDT'] })).toContain('--instrument perpetual --symbols BTC/USDT;');
    expect(refusal({ instrument: 'perpetual', symbols: ['BTC/USD:BTC'] })).toContain('settled in BTC');
  });

  it('are those of an exchange that has them: one of perpetuals only has no spot', () => {
    expect(refusal({ exchange: 'binanceusdm' })).toContain('--exchange binance --instrument perpetual');
    expect(plain({ exchange: 'binanceusdm', instrument: 'perpetual', symbols: ['BTC/USDT'] })).toEqual([
      'BTC/USDT',
    ]);
  });
});
