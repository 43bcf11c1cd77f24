/**
 * A folder that a download fills: `<SYMBOL>/<timeframe>.csv` and `funding.csv` grow line by line, `market.json` says what
 * recorded markets know of instruments, and `download.json` where all of it comes from, so that a later run adds the same.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';
import { TIMEFRAMES } from '../../core/domain/time.js';
import type { ArchiveCard, ArchivedSymbol, MarketArchive } from '../../ports/market-archive.js';
import { openGrowingCsv } from './growing-csv.js';

const CARD_FILE = 'download.json';
const CANDLE_HEADER = 'timestamp,open,high,low,close,volume';
const FUNDING_HEADER = 'timestamp,funding_rate';
/** What `market.json` has in place of no bound: JSON knows no infinity. */
const NO_BOUND_USD = 1e15;

const instrumentType = z.enum(['spot', 'perpetual']);
const symbolSchema = z.strictObject({
  symbol: z.string().min(1),
  fromMs: z.int(),
  instrument: z.strictObject({
    symbol: z.string(),
    type: instrumentType,
    lotSize: z.number(),
    minNotionalUsd: z.number(),
    maxLeverage: z.number(),
    marginTiers: z.array(
      z.strictObject({ upToNotionalUsd: z.number().gt(0), maintenanceFraction: z.number() }),
    ),
  }),
  takerFeeBps: z.number().nullable(),
  makerFeeBps: z.number().nullable(),
});
const cardSchema = z.strictObject({
  exchange: z.string().min(1),
  instrument: instrumentType,
  timeframe: z.enum(TIMEFRAMES),
  symbols: z.record(z.string(), symbolSchema),
});

export function openMarketArchive(folder: string): MarketArchive {
  const cardPath = join(folder, CARD_FILE);
  const candlePath = (name: string, timeframe: string): string => join(folder, name, `${timeframe}.csv`);
  return {
    folder,
    card() {
      if (!existsSync(cardPath)) return undefined;
      const parsed = cardSchema.safeParse(readJson(cardPath));
      if (!parsed.success)
        throw damagedCard(cardPath, parsed.error.issues[0]?.path.join('.') ?? 'another shape');
      const { symbols, ...card } = parsed.data;
      return {
        ...card,
        symbols: Object.fromEntries(
          Object.entries(symbols).map(([name, { takerFeeBps, makerFeeBps, ...rest }]) => [
            name,
            { ...rest, takerFeeBps: takerFeeBps ?? undefined, makerFeeBps: makerFeeBps ?? undefined },
          ]),
        ),
      };
    },
    saveCard(card) {
      const withCandles = Object.entries(card.symbols).filter(
        ([name]) =>
          (statSync(candlePath(name, card.timeframe), { throwIfNoEntry: false })?.size ?? 0) >
          CANDLE_HEADER.length + 1,
      );
      try {
        mkdirSync(folder, { recursive: true });
        // write-file-atomic syncs before it renames: a reader sees the old text or the new one.
        writeFileAtomic(cardPath, jsonText(cardText(card)));
        if (withCandles.length > 0)
          writeFileAtomic(
            join(folder, 'market.json'),
            jsonText({
              instrument: card.instrument,
              perSymbol: Object.fromEntries(
                withCandles.map(([name, symbol]) => [name, describeSymbol(symbol)]),
              ),
            }),
          );
      } catch (error) {
        throw new Problem('degraded', `${folder}: cannot be written (${String(codeOf(error))})`, {
          hint: 'check disk space and rights of the folder, then run the same command again: every whole line is safe',
          cause: error,
        });
      }
    },
    candles: (name, timeframe) => openGrowingCsv(candlePath(name, timeframe), CANDLE_HEADER),
    funding: (name) => openGrowingCsv(join(folder, name, 'funding.csv'), FUNDING_HEADER),
  };
}

/** JSON has no undefined in the place of a value, and no infinity. */
function cardText(card: ArchiveCard): unknown {
  return {
    ...card,
    symbols: Object.fromEntries(
      Object.entries(card.symbols).map(([name, one]) => [
        name,
        {
          ...one,
          instrument: { ...one.instrument, marginTiers: tiersOf(one) },
          takerFeeBps: one.takerFeeBps ?? null,
          makerFeeBps: one.makerFeeBps ?? null,
        },
      ]),
    ),
  };
}

function describeSymbol(one: ArchivedSymbol): object {
  const { type, lotSize, minNotionalUsd, maxLeverage } = one.instrument;
  const tiers = tiersOf(one);
  return {
    lotSize,
    minNotionalUsd,
    ...(type === 'spot' ? {} : { maxLeverage, ...(tiers.length === 0 ? {} : { marginTiers: tiers }) }),
  };
}

function tiersOf({ instrument }: ArchivedSymbol): ArchivedSymbol['instrument']['marginTiers'] {
  return instrument.marginTiers.map(({ upToNotionalUsd, maintenanceFraction }) => ({
    upToNotionalUsd: Math.min(upToNotionalUsd, NO_BOUND_USD),
    maintenanceFraction,
  }));
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw damagedCard(path, error instanceof Error ? error.message : 'not JSON');
  }
}

function damagedCard(path: string, why: string): Problem {
  return new Problem('foreign', `${path}: is not what a download writes (${why})`, {
    hint: 'name another folder with --out, or delete this file to take the folder over',
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}
