import { z } from 'zod';
import { bookTop } from './book-top.js';
import { binanceIntervalMs } from './binance-words.js';
import { fundingPaid } from './funding-times.js';
import { perpetualMeta, spotMeta } from './hyperliquid-contexts.js';
import { candleEntry, figure, hyperliquidCoin, marketOfCoin } from './hyperliquid-words.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueAnswer, VenueRequest } from './venue-protocol.js';
import type { VenueWorld } from './venue-world.js';

/** Weight a minute and address, as Hyperliquid documents it. */
export const HYPERLIQUID_PER_MINUTE = 1200;

/** What the documentation says about weights: 2 for these, 20 for the rest, more by entries for lists. */
const LIGHT = ['l2Book', 'allMids', 'exchangeStatus'];
const MOST_CANDLES = 5000;
const MOST_FUNDINGS = 500;

const infoSchema = z.object({
  type: z.string(),
  coin: z.string().optional(),
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  req: z
    .object({
      coin: z.string(),
      interval: z.string(),
      startTime: z.number(),
      endTime: z.number().optional(),
    })
    .optional(),
});
type Info = z.infer<typeof infoSchema>;

/** `POST /info` with a type; undefined where Hyperliquid has no such path. */
export function answerHyperliquid(request: VenueRequest, world: VenueWorld): VenueAnswer | undefined {
  if (request.path !== '/info' || request.method !== 'POST') return undefined;
  const info = infoSchema.safeParse(request.body);
  const body = info.success ? bodyOf(info.data, world) : undefined;
  if (!info.success || body === undefined)
    return { status: 422, body: 'Failed to deserialize the JSON body into the target type', weight: 20 };
  // An unknown coin is an error of the server there.
  return body === null
    ? { status: 500, body: null, weight: 20 }
    : { status: 200, body, weight: weightOf(info.data, body) };
}

function weightOf(info: Info, body: unknown): number {
  const entries = Array.isArray(body) ? body.length : 0;
  if (LIGHT.includes(info.type)) return 2;
  if (info.type === 'candleSnapshot') return 20 + Math.floor(entries / 60);
  return info.type === 'fundingHistory' ? 20 + Math.floor(entries / 20) : 20;
}

/** Undefined for a type that is not known, null for a coin that is not. */
function bodyOf(info: Info, world: VenueWorld): unknown {
  switch (info.type) {
    case 'exchangeStatus':
      return { specialStatuses: null, time: world.now() };
    case 'meta':
      return perpetualMeta(world)[0];
    case 'metaAndAssetCtxs':
      return perpetualMeta(world);
    case 'spotMeta':
      return spotMeta(world)[0];
    case 'spotMetaAndAssetCtxs':
      return spotMeta(world);
    case 'perpDexs':
      return [null];
    case 'allMids':
      return allMids(world, world.now());
    case 'l2Book':
      return ofCoin(world, info.coin, (market) => l2Book(world, market, world.now()));
    case 'candleSnapshot':
      return ofCoin(world, info.req?.coin, (market) => candles(info, world, market));
    case 'fundingHistory':
      return ofCoin(world, info.coin, (market) => fundings(info, world, market));
    default:
      return undefined;
  }
}

function ofCoin(world: VenueWorld, coin: unknown, make: (market: VenueMarket) => unknown): unknown {
  const market = marketOfCoin(world, coin);
  return market === undefined ? null : make(market);
}

export function allMids(world: VenueWorld, atMs: number): Record<string, string> {
  return Object.fromEntries(
    world.markets.flatMap((market) => {
      const top = bookTop(world, market, atMs);
      if (top === undefined) return [];
      return [
        [hyperliquidCoin(world, market), figure(Number(((top.bid + top.ask) / 2).toFixed(8)))] as const,
      ];
    }),
  );
}

export function l2Book(world: VenueWorld, market: VenueMarket, atMs: number): unknown {
  const top = bookTop(world, market, atMs);
  const level = (px: number, sz: number): unknown => ({ px: figure(px), sz: figure(sz), n: 1 });
  return {
    coin: hyperliquidCoin(world, market),
    time: atMs,
    levels:
      top === undefined ? [[], []] : [[level(top.bid, top.bidQuantity)], [level(top.ask, top.askQuantity)]],
  };
}

/** Only the newest 5,000 candles of the range can be had. */
function candles(info: Info, world: VenueWorld, market: VenueMarket): unknown {
  const barMs = binanceIntervalMs(info.req?.interval ?? '');
  if (info.req === undefined || barMs === undefined) return undefined;
  const { interval, startTime, endTime } = info.req;
  const knownMs = world.now() - world.latenessMs();
  const range = { fromMs: startTime, toMs: endTime ?? knownMs, limit: MOST_CANDLES };
  return world.book
    .barsUntil(market, barMs, range, knownMs)
    .map((bar) => candleEntry(world, market, interval, bar));
}

function fundings(info: Info, world: VenueWorld, market: VenueMarket): unknown {
  const toMs = Math.min(info.endTime ?? world.now(), world.now());
  return fundingPaid(world, market, info.startTime ?? 0, toMs, MOST_FUNDINGS).map(({ timeMs, rate }) => ({
    coin: hyperliquidCoin(world, market),
    fundingRate: String(rate),
    premium: '0.0',
    time: timeMs,
  }));
}
