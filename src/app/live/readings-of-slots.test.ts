import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { START_MS } from '../../../test/support/made-market.js';
import {
  type MadeClock,
  type VenueTroubles,
  madeClock,
  madeVenue,
} from '../../../test/support/made-venue.js';
import { openMarketLog } from '../../adapters/storage/sqlite-market-log.js';
import {
  READING_KINDS,
  columnsOfSeries,
  listSeries,
  newestArrived,
} from '../../core/domain/market-readings.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { HOUR_MS } from '../../core/domain/time.js';
import { DEFAULT_DOUBT_RULES } from '../../core/feed/second-opinion.js';
import { DEFAULT_SETTLE_RULES } from '../../core/feed/settle-bar.js';
import { generateMarket } from '../../core/market/generate-market.js';
import type { MarketLog } from '../../ports/market-log.js';
import type { LiquidationListener } from '../../ports/venue.js';
import { openLiveFeed } from './live-feed.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const WARMUP = 10;
const HOURS = 30;
const WHOLE = generateMarket({
  seed: 3,
  symbols: SYMBOLS,
  timeframe: '1h',
  startMs: START_MS,
  length: HOURS,
  perpetual: true,
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What a bar could see, as text: equal texts are equal doubles. */
function readingsOf(table: MarketTable): string {
  return JSON.stringify(
    listSeries(table.readings).map(({ symbol, kind, series }) => [
      symbol,
      kind,
      ...columnsOfSeries(series).map((column) => [...column]),
    ]),
  );
}

/** What was visible at every close when it was played. */
type Played = string[];

function visibleAt({ readings, openTimesMs }: MarketTable, t: number): string {
  const closeMs = (openTimesMs[t] ?? NaN) + HOUR_MS;
  return JSON.stringify(
    listSeries(readings)
      .map(({ symbol, kind, series }) => {
        const newest = newestArrived(series, closeMs);
        return [
          symbol,
          kind,
          ...columnsOfSeries(series).map((column) => [...column.subarray(0, newest + 1)]),
        ];
      })
      .filter((one) => JSON.stringify(one[2]) !== '[]'),
  );
}

interface Followed {
  readonly log: MarketLog;
  readonly table: MarketTable;
  readonly played: Played;
  /** Closes of the slots after which the process died. */
  readonly died: number;
}

/** Follows the market; the process dies after the slots that open at these times, and goes on from its log. */
async function follow(
  troubles: VenueTroubles,
  clockOf: (clock: MadeClock) => MadeClock = (clock) => clock,
  diesAfter: ReadonlySet<number> = new Set(),
): Promise<Followed> {
  const folder = mkdtempSync(join(tmpdir(), 'arena-readings-'));
  folders.push(folder);
  const log = openMarketLog(folder);
  const fromMs = START_MS + WARMUP * HOUR_MS;
  const clock = clockOf(madeClock(fromMs + 3000));
  log.begin({
    exchange: 'made',
    timeframe: '1h',
    symbols: SYMBOLS,
    instruments: WHOLE.instruments,
    firstOpenMs: START_MS,
  });
  const endMs = START_MS + HOURS * HOUR_MS;
  const open = () =>
    openLiveFeed({
      venue: madeVenue(WHOLE, clock, troubles),
      log,
      clock,
      settle: DEFAULT_SETTLE_RULES,
      doubt: DEFAULT_DOUBT_RULES,
      fromMs,
      withReadings: true,
      keepReadingsMs: 3 * HOUR_MS,
      stopRequested: () => clock.nowMs() > endMs + HOUR_MS / 2,
      told: () => undefined,
    });
  const played: Played = [];
  let died = 0;
  let feed = await open();
  while (feed.market.table.length < HOURS && (await feed.next()) === 'grown') {
    const { table } = feed.market;
    while (played.length < table.length) played.push(visibleAt(table, played.length));
    if (!diesAfter.has(table.openTimesMs[table.length - 1] ?? NaN)) continue;
    died++;
    await feed.close();
    feed = await open();
  }
  await feed.close();
  return { log, table: feed.market.table, played, died };
}

/** Answers of the venue come before its clock goes on. */
function patient(clock: MadeClock): MadeClock {
  return {
    ...clock,
    async until(untilMs) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.until(untilMs);
    },
  };
}

describe('what a slot of a live market sees beside its bars', () => {
  it('is asked for a few seconds before its close, and is that old', async () => {
    const { table, log } = await follow(
      {
        readings: (_symbol, nowMs) =>
          Promise.resolve([{ series: 'openInterestUsd', timeMs: nowMs - 400, value: nowMs }]),
      },
      patient,
    );
    const series = table.readings?.bySymbol[1]?.openInterestUsd;
    expect(series?.length).toBe(HOURS - WARMUP);
    const closes = Array.from({ length: HOURS - WARMUP }, (_, i) => START_MS + (WARMUP + i + 1) * HOUR_MS);
    expect([...(series?.arrivedMs.subarray(0, closes.length) ?? [])]).toEqual(
      closes.map((ms) => ms - 15_000),
    );
    expect([...(series?.timesMs.subarray(0, closes.length) ?? [])]).toEqual(closes.map((ms) => ms - 15_400));
    expect(readingsOf(log.load().table)).toBe(readingsOf(table));
    log.close();
  });

  it('is the same for whoever plays it live, goes on after a death, or reads the log, whatever arrives when', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
        fc.uniqueArray(fc.integer({ min: WARMUP, max: HOURS - 2 }), { maxLength: 4 }),
        async (stream, deaths) => {
          const draw = (): number => (stream.next() as IteratorYieldResult<number>).value;
          let listener: LiquidationListener | undefined;
          const happens = (): void => {
            if (draw() < 5) listener?.onEvent({ event: 'lost', why: 'made' });
            if (draw() < 8) listener?.onEvent({ event: 'resubscribed', why: 'made' });
            if (draw() < 60)
              listener?.onLiquidation({
                symbol: SYMBOLS[draw() % 2] ?? '',
                side: draw() < 50 ? 'long' : 'short',
                timeMs: 0,
                usd: draw() + 1,
              });
            if (draw() < 95) listener?.onAlive();
          };
          const troubles: VenueTroubles = {
            readings: async (_symbol, nowMs) => {
              // Some answers come in time, some after the close, some when the next bar is long open.
              for (let i = draw() % 7; i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
              return READING_KINDS.slice(0, 3)
                .filter(() => draw() < 70)
                .map((series) => ({ series, timeMs: nowMs - 1000 * draw(), value: draw() }));
            },
            liquidations(one) {
              listener = one;
              one.onEvent({ event: 'connected', why: 'made' });
              return { close: () => Promise.resolve() };
            },
          };
          const lively = (clock: MadeClock): MadeClock => ({
            ...clock,
            async until(untilMs) {
              for (let i = draw() % 3; i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
              happens();
              await clock.until(untilMs);
              happens();
            },
          });
          const diesAfter = new Set(deaths.map((hour) => START_MS + hour * HOUR_MS));
          const { log, table, played, died } = await follow(troubles, lively, diesAfter);
          expect(died).toBe(diesAfter.size);
          expect(table.length).toBe(HOURS);
          for (const { kind } of listSeries(table.readings)) kinds.add(kind);
          const replayed = log.load().table;
          expect(readingsOf(replayed)).toBe(readingsOf(table));
          expect(
            played.map((_, t) => visibleAt(replayed, t)),
            'as it was when it was played',
          ).toEqual(played);
          expect(readingsOf(log.corrected()), 'and where bars were corrected').toBe(readingsOf(table));
          // Whoever follows the log slot by slot, as the paper trader does.
          const behind = log.load(START_MS + 12 * HOUR_MS);
          for (let hour = 13; hour <= HOURS; hour++) log.extend(behind, START_MS + hour * HOUR_MS);
          expect(readingsOf(behind.table)).toBe(readingsOf(table));
          // What is forgotten of the raw rows is not forgotten of the record.
          log.forgetReadings(START_MS + 1000 * HOUR_MS);
          expect(log.readings(0, 'bid')).toEqual([]);
          expect(readingsOf(log.load().table)).toBe(readingsOf(table));
          log.close();
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
    expect(kinds.size).toBe(READING_KINDS.length);
  });
});
