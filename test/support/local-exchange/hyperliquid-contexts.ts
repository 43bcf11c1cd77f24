import { HOUR_MS, type TimeMs } from '../../../src/core/domain/time.js';
import { bookTop } from './book-top.js';
import { dayFigures } from './day-figures.js';
import { decimalsOf } from './decimals.js';
import { fundingRateAt, fundingTimeBefore, openInterestAt } from './funding-times.js';
import { figure, perpetualMarkets, spotMarkets } from './hyperliquid-words.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** Perpetuals: `[meta, contexts]`. */
export function perpetualMeta(world: VenueWorld): readonly [meta: unknown, contexts: readonly unknown[]] {
  const markets = perpetualMarkets(world);
  const universe = markets.map((market, i) => ({
    szDecimals: decimalsOf(market.lotSize),
    name: market.base,
    maxLeverage: market.maxLeverage,
    marginTableId: i + 1,
    ...(world.status(market) === 'delisted' ? { isDelisted: true } : {}),
  }));
  const marginTables = markets.map((market, i) => [i + 1, { description: '', marginTiers: tiersOf(market) }]);
  return [
    { universe, marginTables, collateralToken: 0 },
    markets.map((market) => contextOf(world, market, world.now())),
  ];
}

/** Spot pairs: `[meta, contexts]`. The token with number 0 is what everything is paid in. */
export function spotMeta(world: VenueWorld): readonly [meta: unknown, contexts: readonly unknown[]] {
  const markets = spotMarkets(world);
  const token = (name: string, index: number, szDecimals: number): unknown => ({
    name,
    szDecimals,
    weiDecimals: 8,
    index,
    tokenId: `0x${String(index).padStart(32, '0')}`,
    isCanonical: true,
    evmContract: null,
    fullName: null,
  });
  return [
    {
      tokens: [
        token('USDC', 0, 8),
        ...markets.map((market, i) => token(market.base, i + 1, decimalsOf(market.lotSize))),
      ],
      universe: markets.map((_, i) => ({
        name: `@${String(i)}`,
        tokens: [i + 1, 0],
        index: i,
        isCanonical: false,
      })),
    },
    markets.map((market) => contextOf(world, market, world.now())),
  ];
}

/** A market's figures of the moment, empty before its first bar. */
export function contextOf(world: VenueWorld, market: VenueMarket, atMs: TimeMs): Record<string, unknown> {
  const day = dayFigures(world, market, atMs);
  const top = bookTop(world, market, atMs);
  if (day === undefined || top === undefined) return {};
  const common = {
    dayNtlVlm: figure(Number((day.volume * day.last).toFixed(4))),
    dayBaseVlm: figure(day.volume),
    prevDayPx: figure(day.open),
    markPx: figure(day.last),
    midPx: world.status(market) === 'trading' ? figure(Number(((top.bid + top.ask) / 2).toFixed(8))) : null,
  };
  if (market.type === 'spot') return { ...common, circulatingSupply: '1000000.0' };
  const nextMs = fundingTimeBefore(market, atMs) + market.fundingEveryHours * HOUR_MS;
  return {
    ...common,
    funding: String(fundingRateAt(world, market, nextMs)),
    openInterest: figure(openInterestAt(market, atMs)),
    oraclePx: figure(day.last),
    premium: '0.0',
    impactPxs: [figure(top.bid), figure(top.ask)],
  };
}

/** Hyperliquid's maintenance margin is half of the initial one at the tier's highest leverage. */
function tiersOf(market: VenueMarket): readonly unknown[] {
  return market.marginTiers.map((tier, i) => ({
    lowerBound: figure(market.marginTiers[i - 1]?.upToNotionalUsd ?? 0),
    maxLeverage: Math.max(1, Math.round(1 / (2 * tier.maintenanceFraction))),
  }));
}
