import { z } from 'zod';
import { MINUTE_MS, type TimeMs } from '../../../src/core/domain/time.js';
import { bookTop } from './book-top.js';
import { binanceIntervalMs } from './binance-words.js';
import { contextOf } from './hyperliquid-contexts.js';
import { allMids, l2Book } from './hyperliquid-info.js';
import { candleEntry, figure, hyperliquidCoin, marketOfCoin } from './hyperliquid-words.js';
import { klineUpdates } from './kline-updates.js';
import type { VenueMarket } from './venue-market.js';
import type { StreamMessage, StreamSession } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

const subscriptionSchema = z.looseObject({
  type: z.string(),
  coin: z.string().optional(),
  interval: z.string().optional(),
});
type Subscription = z.infer<typeof subscriptionSchema>;

const messageSchema = z.object({
  method: z.enum(['ping', 'subscribe', 'unsubscribe']),
  subscription: subscriptionSchema.optional(),
});

/** One connection for everything; undefined where Hyperliquid streams nothing. */
export function openHyperliquidStream(
  _host: string,
  path: string,
  world: VenueWorld,
): StreamSession | undefined {
  if (path !== '/ws') return undefined;
  const wanted = new Map<string, Subscription>();

  return {
    subscriptions: () => [...wanted.keys()],
    receive: (message) => {
      const read = messageSchema.safeParse(message);
      if (read.success && read.data.method === 'ping') return [{ name: '', body: { channel: 'pong' } }];
      const subscription = read.success ? read.data.subscription : undefined;
      if (!read.success || subscription === undefined)
        return [
          { name: '', body: { channel: 'error', data: 'Error parsing JSON into valid websocket request' } },
        ];
      const name = nameOf(subscription);
      const { method } = read.data;
      const answer = { name: '', body: { channel: 'subscriptionResponse', data: { method, subscription } } };
      if (method === 'unsubscribe') {
        wanted.delete(name);
        return [answer];
      }
      wanted.set(name, subscription);
      return [answer, ...tell(world, subscription, world.now(), world.now())];
    },
    happened: (beforeMs, atMs) =>
      [...wanted.values()].flatMap((subscription) => tell(world, subscription, beforeMs, atMs)),
  };
}

/** `candle BTC 1h` */
function nameOf({ type, coin, interval }: Subscription): string {
  return [type, coin, interval].filter((part) => part !== undefined).join(' ');
}

function tell(
  world: VenueWorld,
  subscription: Subscription,
  beforeMs: TimeMs,
  atMs: TimeMs,
): readonly StreamMessage[] {
  const name = nameOf(subscription);
  if (subscription.type === 'allMids')
    return [{ name, body: { channel: 'allMids', data: { mids: allMids(world, atMs) } } }];
  const market = marketOfCoin(world, subscription.coin);
  if (market === undefined || world.status(market) !== 'trading') return [];
  return bodiesOf(world, market, subscription, beforeMs, atMs).map((body) => ({ name, body }));
}

function bodiesOf(
  world: VenueWorld,
  market: VenueMarket,
  { type, interval = '' }: Subscription,
  beforeMs: TimeMs,
  atMs: TimeMs,
): readonly unknown[] {
  const coin = hyperliquidCoin(world, market);
  switch (type) {
    case 'candle': {
      const barMs = binanceIntervalMs(interval);
      if (barMs === undefined) return [];
      return klineUpdates(world, market, barMs, beforeMs, atMs).map((bar) => ({
        channel: 'candle',
        data: candleEntry(world, market, interval, bar),
      }));
    }
    case 'activeAssetCtx':
      return [
        {
          channel: market.type === 'spot' ? 'activeSpotAssetCtx' : 'activeAssetCtx',
          data: { coin, ctx: contextOf(world, market, atMs) },
        },
      ];
    case 'l2Book':
      return [{ channel: 'l2Book', data: l2Book(world, market, atMs) }];
    case 'bbo': {
      const top = bookTop(world, market, atMs);
      if (top === undefined) return [];
      const bid = { px: figure(top.bid), sz: figure(top.bidQuantity), n: 1 };
      const ask = { px: figure(top.ask), sz: figure(top.askQuantity), n: 1 };
      return [{ channel: 'bbo', data: { coin, time: atMs, bbo: [bid, ask] } }];
    }
    case 'trades':
      return trades(world, market, coin, beforeMs, atMs);
    default:
      return [];
  }
}

/** One trade each minute, as at the other venue; numbers there go up, but not one by one. */
function trades(
  world: VenueWorld,
  market: VenueMarket,
  coin: string,
  beforeMs: TimeMs,
  atMs: TimeMs,
): readonly unknown[] {
  const number = Math.floor(atMs / MINUTE_MS);
  const last = world.book.price(market, number * MINUTE_MS);
  if (last === undefined || number === Math.floor(beforeMs / MINUTE_MS)) return [];
  const hash = `0x${String(number).padStart(64, '0')}`;
  const sz = figure(market.lotSize);
  return [
    {
      channel: 'trades',
      data: [{ coin, side: 'B', px: figure(last), sz, time: number * MINUTE_MS, hash, tid: number * 7 }],
    },
  ];
}
