import { describe, expect, it } from 'vitest';
import { marketSchema, parseMarket, type CcxtMarket } from './parse-market.js';

const TICK_SIZE = 4;
const DECIMAL_PLACES = 2;
const SIGNIFICANT_DIGITS = 3;

function market(over: object = {}): CcxtMarket {
  return marketSchema.parse({
    id: 'BTC-USD',
    symbol: 'BTC/USD:USD',
    base: 'BTC',
    quote: 'USD',
    type: 'swap',
    linear: true,
    active: true,
    contractSize: 0.001,
    taker: 0.0002,
    maker: undefined,
    precision: { price: 0.5, amount: 1 },
    limits: { cost: { min: undefined }, leverage: { max: null } },
    info: {},
    ...over,
  });
}

describe('a market of ccxt', () => {
  it('has its lot in base units, also where the venue counts contracts', () => {
    const { instrument, contractSize, tickSize } = parseMarket(
      'BTC/USD',
      'perpetual',
      market(),
      TICK_SIZE,
      undefined,
    );
    expect({ lotSize: instrument.lotSize, contractSize, tickSize }).toEqual({
      lotSize: 0.001,
      contractSize: 0.001,
      tickSize: 0.5,
    });
  });

  it('does not make up what the venue does not say', () => {
    const said = parseMarket('BTC/USD', 'perpetual', market({ precision: {} }), TICK_SIZE, undefined);
    expect(said).toMatchObject({ tickSize: undefined, takerFeeBps: 2, makerFeeBps: undefined });
    expect(said.instrument.lotSize).toBe(0);
  });

  it('words steps as sizes or as decimal places; significant digits are no step', () => {
    const of = (mode: number): number | undefined =>
      parseMarket('BTC/USD', 'perpetual', market({ precision: { price: 2, amount: 3 } }), mode, undefined)
        .tickSize;
    expect([TICK_SIZE, DECIMAL_PLACES, SIGNIFICANT_DIGITS].map(of)).toEqual([2, 0.01, undefined]);
  });

  it('takes the margin tiers of the venue before the usual ones', () => {
    const tiers = [{ upToNotionalUsd: 1e6, maintenanceFraction: 0.02 }];
    const { instrument } = parseMarket('BTC/USD', 'perpetual', market(), TICK_SIZE, tiers);
    expect(instrument.marginTiers).toBe(tiers);
  });

  it.each([
    [{ active: true, info: { status: 'TRADING' } }, 'trading'],
    [{ active: false, info: { status: 'HALT' } }, 'halted'],
    [{ active: false, info: { status: 'BREAK' } }, 'halted'],
    [{ active: false, info: { status: 'SETTLING' } }, 'delisted'],
    [{ active: false, info: { contractStatus: 'CLOSE' } }, 'delisted'],
    [{ active: true, info: { isDelisted: true } }, 'delisted'],
    [{ active: true, info: { status: 'cancel_only' } }, 'halted'],
    [{ active: true, info: { status: 'online' } }, 'trading'],
    [{ active: true, info: { status: 'online', trading_disabled: true } }, 'halted'],
    [{ active: true, info: { status: 'a word of tomorrow' } }, 'trading'],
    [{ active: false, info: { status: 'a word of tomorrow' } }, 'halted'],
    [{ active: undefined, info: {} }, 'trading'],
  ])('%j is %s', (over, status) => {
    expect(parseMarket('BTC/USD', 'perpetual', market(over), TICK_SIZE, undefined).status).toBe(status);
  });
});
