/**
 * A made-up market that behaves like a real one: see docs/generated-market.md for the figures it is held to.
 * It is a pure function of its options and has no end: a longer market begins with the very same bars, and a
 * symbol's bars are the same whichever others are asked for.
 */
import { type Instrument, spotInstrument } from '../domain/instrument.js';
import { type Bar, type Candles, type MarketTable, emptyCandles } from '../domain/market-table.js';
import { HOUR_MS, type Timeframe, type TimeMs, timeframeMs } from '../domain/time.js';
import { createMarketFactor } from './market-factor.js';
import { seasonalVolatility, seasonalVolume } from './season-of-week.js';
import { createSymbolFunding } from './symbol-funding.js';
import { createSymbolPath } from './symbol-path.js';
import { KNOWN_SYMBOLS, lotsPerUnit, symbolProfile } from './symbol-profiles.js';

/** Symbols with a character of their own; the first two are the large ones. Other names work too. */
export const GENERATED_SYMBOLS: readonly string[] = KNOWN_SYMBOLS;

export interface GeneratedMarketOptions {
  readonly seed: number;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Open of the first bar. */
  readonly startMs: TimeMs;
  readonly length: number;
  /** Perpetuals with funding every eight hours instead of spot. */
  readonly perpetual?: boolean;
}

export function generateMarket(options: GeneratedMarketOptions): MarketTable {
  const { seed, symbols, timeframe, startMs, length, perpetual = false } = options;
  const barMs = timeframeMs(timeframe);
  const barHours = barMs / HOUR_MS;
  const market = createMarketFactor(seed, barHours);
  const lines = symbols.map((symbol) => ({
    path: createSymbolPath(seed, symbol, symbolProfile(symbol), barHours),
    funding: perpetual ? createSymbolFunding(seed, symbol, barHours) : undefined,
    candles: emptyCandles(length),
  }));
  const openTimesMs = new Float64Array(length);
  const season = { volatility: 1, volume: 1 };
  const bar: Bar = { openTimeMs: startMs, open: 0, high: 0, low: 0, close: 0, volume: 0 };

  for (let t = 0; t < length; t++) {
    bar.openTimeMs = startMs + t * barMs;
    openTimesMs[t] = bar.openTimeMs;
    season.volatility = seasonalVolatility(bar.openTimeMs, barHours);
    season.volume = seasonalVolume(bar.openTimeMs, barHours);
    market.next();
    for (const { path, funding, candles } of lines) {
      funding?.due(bar.openTimeMs, bar.openTimeMs + barMs);
      path.next(market, season, bar);
      funding?.remember(path.scaledReturn());
      writeBar(candles, t, bar);
    }
  }

  return {
    timeframe,
    calendar: 'continuous',
    symbols: [...symbols],
    instruments: symbols.map((symbol) => generatedInstrument(symbol, perpetual)),
    openTimesMs,
    length,
    candles: lines.map((line) => line.candles),
    funding: lines.map((line) => line.funding?.series()),
  };
}

function writeBar(candles: Candles, t: number, bar: Readonly<Bar>): void {
  candles.open[t] = bar.open;
  candles.high[t] = bar.high;
  candles.low[t] = bar.low;
  candles.close[t] = bar.close;
  candles.volume[t] = bar.volume;
}

/** Lots, leverage and maintenance margin of the order that large crypto venues have. */
function generatedInstrument(symbol: string, perpetual: boolean): Instrument {
  const venue = { lotSize: 1 / lotsPerUnit(symbolProfile(symbol)), minNotionalUsd: 5 };
  if (!perpetual) return spotInstrument(symbol, venue);
  return spotInstrument(symbol, {
    ...venue,
    type: 'perpetual',
    maxLeverage: 20,
    marginTiers: [
      { upToNotionalUsd: 50_000, maintenanceFraction: 0.01 },
      { upToNotionalUsd: 250_000, maintenanceFraction: 0.025 },
      { upToNotionalUsd: 1_000_000, maintenanceFraction: 0.05 },
    ],
  });
}
