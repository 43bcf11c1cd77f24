/** A loaded market as columns and a text about them, and back. */
import { z } from 'zod';
import type { Candles, FundingSeries, MarketTable } from '../../core/domain/market-table.js';
import type { Coverage } from './market-axis.js';

/** Raise it when the parser, its checks or the axis would make something else of the same files. */
const FORMAT = 1;

/** Everything of a market that was read from candle and funding files. */
export type KeptMarket = Pick<MarketTable, 'calendar' | 'openTimesMs' | 'candles' | 'funding'> & {
  readonly coverage: readonly Coverage[];
};

const coverageSchema = z.strictObject({
  symbol: z.string(),
  firstMs: z.number(),
  lastMs: z.number(),
  bars: z.number(),
  gaps: z.number(),
  missing: z.number(),
  longestGapBars: z.number(),
});
const aboutSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** What was asked for. */
  key: z.string(),
  /** The files it was read from. */
  sources: z.array(z.strictObject({ stamp: z.string(), bytes: z.number(), sha256: z.string() })),
  calendar: z.enum(['continuous', 'sessions']),
  hasFunding: z.array(z.boolean()),
  coverage: z.array(coverageSchema),
});
export type AboutMarket = z.infer<typeof aboutSchema>;

/** Undefined for what another version has written. */
export function readAbout(about: unknown): AboutMarket | undefined {
  return aboutSchema.safeParse(about).data;
}

export function aboutOf(market: KeptMarket, key: string, sources: AboutMarket['sources']): AboutMarket {
  return {
    format: FORMAT,
    key,
    sources,
    calendar: market.calendar,
    hasFunding: market.funding.map((series) => series !== undefined),
    coverage: [...market.coverage],
  };
}

/** The axis, then each symbol's candles and, where there is any, its funding. */
export function columnsOf({ openTimesMs, candles, funding }: KeptMarket): Float64Array[] {
  return [
    openTimesMs,
    ...candles.flatMap(({ open, high, low, close, volume }, i) => {
      const series = funding[i];
      const rest = series === undefined ? [] : [series.timesMs, series.rates];
      return [open, high, low, close, volume, ...rest];
    }),
  ];
}

/** The inverse of `aboutOf` and `columnsOf`; undefined when the two do not fit together. */
export function marketOf(about: AboutMarket, columns: readonly Float64Array[]): KeptMarket | undefined {
  const [openTimesMs, ...rest] = columns;
  const candles: Candles[] = [];
  const funding: (FundingSeries | undefined)[] = [];
  for (const hasFunding of about.hasFunding) {
    const [open, high, low, close, volume] = rest.splice(0, 5);
    if (!open || !high || !low || !close || !volume) return undefined;
    candles.push({ open, high, low, close, volume });
    const [timesMs, rates] = hasFunding ? rest.splice(0, 2) : [];
    if (hasFunding && (timesMs === undefined || rates === undefined)) return undefined;
    funding.push(timesMs && rates ? { timesMs, rates } : undefined);
  }
  if (openTimesMs === undefined || rest.length > 0) return undefined;
  return { calendar: about.calendar, openTimesMs, candles, funding, coverage: about.coverage };
}
