import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coinNames } from './coin-names.js';

describe('the coin of a reply', () => {
  it.each(['BTC', 'btc', 'BTC-USDT', 'BTC/USDT', 'btcusdt', 'BTC_USDT'])('%s is BTC-USDT', (coin) => {
    const names = coinNames(['ETH-USDT', 'BTC-USDT'], false);
    expect(names.find(coin)).toEqual({ kind: 'found', symbol: 1 });
  });

  it.each(['BTC/USDT:USDT', 'BTCUSDT', 'BTC-USDC', 'BTC-USD', 'BTC'])(
    'BTC is %s where that is traded',
    (symbol) => {
      expect(coinNames(['ETH-USD', symbol], false).find('BTC')).toEqual({ kind: 'found', symbol: 1 });
    },
  );

  it('is ambiguous where two symbols have the base, unless it is said in full', () => {
    const names = coinNames(['BTC-USDT', 'BTC-USDC'], false);
    expect(names.find('BTC')).toEqual({ kind: 'ambiguous' });
    expect(names.find('BTC-USDC')).toEqual({ kind: 'found', symbol: 1 });
  });

  it.each(['PEPE', 'USDT', 'B', 'BTC-USD', 'BTC-EUR', 'ETHBTC', 'WBTC', ''])('%j is none of them', (coin) => {
    expect(coinNames(['ETH-USDT', 'BTC-USDT'], false).find(coin)).toEqual({ kind: 'unknown' });
  });

  it('is known by its mask alone where symbols are masked', () => {
    const names = coinNames(['ETH-USDT', 'BTC-USDT'], true);
    expect(names.shown).toEqual(['ASSET-1', 'ASSET-2']);
    expect(names.find('asset-2')).toEqual({ kind: 'found', symbol: 1 });
    for (const coin of ['BTC', 'BTC-USDT', 'ASSET', 'ASSET-3'])
      expect(names.find(coin), coin).toEqual({ kind: 'unknown' });
  });

  it('is never another symbol than one that shares its letters', () => {
    const symbols = ['BTC-USDT', 'ETH-USDT', 'XRPUSDT', 'SPY'];
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9./:_-]{0,12}$/), (coin) => {
        const found = coinNames(symbols, false).find(coin);
        if (found.kind !== 'found') return;
        const letters = coin.toUpperCase().replace(/[^A-Z0-9]/g, '');
        expect(letters.length).toBeGreaterThan(0);
        expect(symbols[found.symbol]?.replace('-', '').startsWith(letters)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
