import type { ContractTable } from './contract-table.js';

/**
 * Coinbase Advanced Trade, written from https://docs.cdp.coinbase.com/api-reference: made figures in the documented
 * form. Nothing here was recorded, and only these requests are known.
 */
export const COINBASE_CONTRACT: ContractTable = {
  rows: [
    { path: '/v2/time', answer: { data: { iso: '2025-01-10T04:00:00Z', epoch: 1736481600 } } },
    { path: '/v2/currencies', answer: { data: [{ id: 'USD', name: 'US Dollar', min_size: '0.01' }] } },
    {
      path: '/v2/currencies/crypto',
      answer: {
        data: [
          {
            asset_id: '5b71fc48-3dd3-540c-809b-f8c94d0e68b5',
            code: 'BTC',
            name: 'Bitcoin',
            exponent: 8,
            type: 'crypto',
          },
        ],
      },
    },
    {
      path: '/v2/exchange-rates',
      answer: { data: { currency: 'USD', rates: { BTC: '0.0000106', USD: '1.0' } } },
    },
    {
      path: '/api/v3/brokerage/market/products',
      query: { product_type: 'FUTURE' },
      answer: { products: [], num_products: 0 },
    },
    {
      path: '/api/v3/brokerage/market/products',
      answer: {
        products: [
          {
            product_id: 'BTC-USD',
            price: '94150.01',
            price_percentage_change_24h: '0.1',
            volume_24h: '1500.5',
            volume_percentage_change_24h: '-3.2',
            base_increment: '0.00000001',
            quote_increment: '0.01',
            quote_min_size: '1',
            quote_max_size: '150000000',
            base_min_size: '0.00000001',
            base_max_size: '3400',
            base_name: 'Bitcoin',
            quote_name: 'US Dollar',
            is_disabled: false,
            new: false,
            status: 'online',
            cancel_only: false,
            limit_only: false,
            post_only: false,
            trading_disabled: false,
            auction_mode: false,
            product_type: 'SPOT',
            quote_currency_id: 'USD',
            base_currency_id: 'BTC',
            alias: '',
            alias_to: [],
            base_display_symbol: 'BTC',
            quote_display_symbol: 'USD',
            view_only: false,
            price_increment: '0.01',
            product_venue: 'CBE',
          },
        ],
        num_products: 1,
      },
    },
    {
      // The newest first, as it is there; ccxt turns them round.
      path: '/api/v3/brokerage/market/products/BTC-USD/candles',
      answer: {
        candles: [
          { start: '1736478000', low: '94100', high: '94210', open: '94200.5', close: '94150', volume: '1' },
          {
            start: '1736474400',
            low: '94000',
            high: '94300',
            open: '94100',
            close: '94200.5',
            volume: '8.25',
          },
        ],
      },
    },
    {
      path: '/api/v3/brokerage/market/products/BTC-USD/ticker',
      answer: {
        trades: [
          {
            trade_id: '1000',
            product_id: 'BTC-USD',
            price: '94150.01',
            size: '0.001',
            time: '2025-01-10T03:59:59.500Z',
            side: 'BUY',
            bid: '',
            ask: '',
          },
        ],
        best_bid: '94150.00',
        best_ask: '94150.02',
      },
    },
  ],
  calls: [
    { method: 'fetchTime', args: [], sends: { path: '/v2/time', query: {} }, gives: 1_736_481_600_000 },
    {
      method: 'fetchMarkets',
      args: [],
      sends: { path: '/api/v3/brokerage/market/products', query: {} },
      gives: [
        {
          id: 'BTC-USD',
          symbol: 'BTC/USD',
          spot: true,
          active: true,
          precision: { amount: 1e-8, price: 0.01 },
          limits: { cost: { min: 1 } },
        },
      ],
    },
    {
      method: 'fetchOHLCV',
      args: ['BTC/USD', '1h', 1_736_474_400_000, 2],
      sends: {
        path: '/api/v3/brokerage/market/products/BTC-USD/candles',
        query: { granularity: 'ONE_HOUR', start: '1736474400', end: '1736481600' },
      },
      gives: [
        [1_736_474_400_000, 94_100, 94_300, 94_000, 94_200.5, 8.25],
        [1_736_478_000_000, 94_200.5, 94_210, 94_100, 94_150, 1],
      ],
    },
    {
      method: 'fetchTicker',
      args: ['BTC/USD'],
      sends: { path: '/api/v3/brokerage/market/products/BTC-USD/ticker', query: { limit: '1' } },
      gives: {
        symbol: 'BTC/USD',
        bid: 94_150,
        ask: 94_150.02,
        last: 94_150.01,
        timestamp: Date.UTC(2025, 0, 10, 3, 59, 59, 500),
      },
    },
  ],
};
