import type { ContractTable } from './contract-table.js';

/**
 * Kraken, written from https://docs.kraken.com/api-reference/market-data: made figures in the documented form. Nothing
 * here was recorded, and only these requests are known.
 */
export const KRAKEN_CONTRACT: ContractTable = {
  rows: [
    {
      path: '/0/public/Time',
      answer: { error: [], result: { unixtime: 1736481600, rfc1123: 'Fri, 10 Jan 25 04:00:00 +0000' } },
    },
    {
      path: '/0/public/Assets',
      answer: {
        error: [],
        result: {
          XXBT: {
            aclass: 'currency',
            altname: 'XBT',
            decimals: 10,
            display_decimals: 5,
            status: 'enabled',
          },
          ZUSD: { aclass: 'currency', altname: 'USD', decimals: 4, display_decimals: 2, status: 'enabled' },
        },
      },
    },
    {
      path: '/0/public/AssetPairs',
      answer: {
        error: [],
        result: {
          XXBTZUSD: {
            altname: 'XBTUSD',
            wsname: 'XBT/USD',
            aclass_base: 'currency',
            base: 'XXBT',
            aclass_quote: 'currency',
            quote: 'ZUSD',
            lot: 'unit',
            cost_decimals: 5,
            pair_decimals: 1,
            lot_decimals: 8,
            lot_multiplier: 1,
            leverage_buy: [2, 3],
            leverage_sell: [2, 3],
            fees: [
              [0, 0.4],
              [10_000, 0.35],
            ],
            fees_maker: [
              [0, 0.25],
              [10_000, 0.2],
            ],
            fee_volume_currency: 'ZUSD',
            margin_call: 80,
            margin_stop: 40,
            ordermin: '0.00005',
            costmin: '0.5',
            tick_size: '0.1',
            status: 'online',
          },
        },
      },
    },
    {
      path: '/0/public/OHLC',
      answer: {
        error: [],
        result: {
          XXBTZUSD: [
            [1736470800, '94000.0', '94250.5', '93900.1', '94100.0', '94080.2', '12.50000000', 320],
            [1736474400, '94100.0', '94300.0', '94000.0', '94200.5', '94150.0', '8.25000000', 210],
            [1736478000, '94200.5', '94210.0', '94100.0', '94150.0', '94160.0', '1.00000000', 40],
          ],
          last: 1736474400,
        },
      },
    },
    {
      path: '/0/public/Ticker',
      answer: {
        error: [],
        result: {
          XXBTZUSD: {
            a: ['94150.1', '1', '1.000'],
            b: ['94150.0', '2', '2.000'],
            c: ['94150.0', '0.00100000'],
            v: ['100.00000000', '1500.00000000'],
            p: ['94100.00000', '94000.00000'],
            t: [1000, 20_000],
            l: ['93500.0', '93000.0'],
            h: ['94400.0', '95000.0'],
            o: '94050.0',
          },
        },
      },
    },
  ],
  calls: [
    { method: 'fetchTime', args: [], sends: { path: '/0/public/Time', query: {} }, gives: 1_736_481_600_000 },
    {
      method: 'fetchMarkets',
      args: [],
      sends: { path: '/0/public/AssetPairs', query: {} },
      gives: [
        {
          id: 'XXBTZUSD',
          symbol: 'BTC/USD',
          spot: true,
          active: true,
          taker: 0.004,
          maker: 0.0025,
          precision: { amount: 1e-8, price: 0.1 },
          limits: { amount: { min: 0.00005 }, cost: { min: 0.5 } },
        },
      ],
    },
    {
      method: 'fetchOHLCV',
      args: ['BTC/USD', '1h', 1_736_474_400_000, 2],
      // One bar earlier than asked: Kraken gives what comes after `since`.
      sends: { path: '/0/public/OHLC', query: { pair: 'XXBTZUSD', interval: '60', since: '1736470800' } },
      gives: [
        [1_736_474_400_000, 94_100, 94_300, 94_000, 94_200.5, 8.25],
        [1_736_478_000_000, 94_200.5, 94_210, 94_100, 94_150, 1],
      ],
    },
    {
      method: 'fetchTicker',
      args: ['BTC/USD'],
      sends: { path: '/0/public/Ticker', query: { pair: 'XXBTZUSD' } },
      gives: { symbol: 'BTC/USD', bid: 94_150, ask: 94_150.1, last: 94_150, high: 95_000, baseVolume: 1500 },
    },
  ],
};
