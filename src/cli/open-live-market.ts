/** A live market of an arena: its exchange, its log, and the feed between them. */
import type { ArenaSettings } from '../app/arena-settings.js';
import type { LiveFeedSetup } from '../app/live/feed-memory.js';
import { type LiveFeed, openLiveFeed } from '../app/live/live-feed.js';
import { DEFAULT_COSTS } from '../core/domain/costs.js';
import { Problem } from '../core/domain/problem.js';
import { type TimeMs, formatMinuteUtc, timeframeMs } from '../core/domain/time.js';
import type { MarketLog, MarketLogHead } from '../ports/market-log.js';
import type { Venue, VenueInstrument } from '../ports/venue.js';
import type { LoadedConfig } from './config/load-config.js';
import type { ArenaConfig } from './config/schema.js';
import { type RunningClock, fastClock, systemClock } from './live-clock.js';
import { restUntil } from './rest.js';
import { usualSymbols } from './usual-symbols.js';
import { marketLogOf, openVenue } from './wire.js';

const DAY_MS = 86_400_000;

type Market = ArenaSettings['market'];

/** An exchange, a second one where the settings name it, and the log in the arena's folder. */
export interface LiveSide {
  readonly venue: Venue;
  readonly second: Venue | undefined;
  readonly log: MarketLog;
  readonly clock: RunningClock;
  close(): Promise<void>;
}

/** Where the log lies, and whether rounds were played on it. */
export interface LogPlace {
  readonly folder: string;
  readonly isBegun: boolean;
}

/** Opens exchanges and log; asks nobody anything yet. */
export async function openLiveSide(
  market: Pick<Market, 'exchange' | 'second' | 'instrument' | 'timeframe'>,
  values: ArenaConfig,
  { folder, isBegun }: LogPlace,
  stop: { requested(): boolean; readonly signal: AbortSignal },
  told: (text: string) => void,
): Promise<LiveSide> {
  const { clockFactor } = values.live;
  if (clockFactor !== 1 && values.market.exchangeUrl === undefined)
    throw new Problem('usage', 'live.clockFactor is for an exchange on this machine', {
      hint: 'name one with --exchange-url, or leave it at 1: real exchanges run in real time',
    });
  const clock =
    clockFactor === 1
      ? systemClock(market.timeframe, () => stop.requested())
      : fastClock(Date.now(), clockFactor, () => stop.requested());
  const open = (exchange: string, url: string | undefined): Promise<Venue> =>
    openVenue(
      {
        exchange,
        instrument: market.instrument ?? 'spot',
        url,
        nowMs: () => clock.nowMs(),
        // A stop ends every wait.
        sleep: (ms, signal) => restUntil(ms / clockFactor, [signal, stop.signal]),
      },
      told,
    );
  const opened: { close(): void | Promise<void> }[] = [clock];
  const close = async (): Promise<void> => {
    for (const one of opened.reverse()) await one.close();
  };
  try {
    const venue = await open(market.exchange ?? '', values.market.exchangeUrl);
    opened.push(venue);
    const second =
      market.second === undefined ? undefined : await open(market.second, values.market.secondExchangeUrl);
    if (second !== undefined) opened.push(second);
    const log = marketLogOf(folder, { isBegun });
    opened.push(log);
    return { venue, second, log, clock, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The part of an arena's settings that names its live market. */
export function liveMarketOf(values: ArenaConfig): Omit<Market, 'fromMs' | 'folder'> {
  const { exchange, secondExchange, instrument, timeframe, symbols, warmupBars } = values.market;
  return {
    source: 'live',
    exchange,
    ...(secondExchange === undefined ? {} : { second: secondExchange }),
    ...(instrument === 'spot' ? {} : { instrument }),
    seed: 0,
    timeframe,
    symbols: [...(symbols ?? usualSymbols(exchange))],
    warmupBars,
  };
}

/** Settings of a new arena on a live market; its first bar is the one that is open now. */
export async function newLiveSettings(
  side: LiveSide,
  { values, origins }: LoadedConfig,
  folder: string,
  told: (text: string) => void,
): Promise<ArenaSettings> {
  const wanted = liveMarketOf(values);
  const { venue, log } = side;
  const { venueMs } = await venue.time();
  const instruments = await venue.instruments(wanted.symbols);
  for (const { instrument, status } of instruments)
    if (status === 'delisted')
      throw new Problem('input', `${instrument.symbol} is delisted at ${venue.name}`, {
        hint: 'leave it out of --symbols',
      });
    else if (status === 'halted')
      told(`${instrument.symbol} is halted at ${venue.name}: no bars until it trades`);
  const barMs = timeframeMs(wanted.timeframe);
  const fromMs = Math.floor(venueMs / barMs) * barMs;
  const head = log.head() ?? beginLog(log, wanted, instruments, fromMs);
  checkHead(head, wanted, folder);
  const takerFeeBps = feeOf(instruments, origins);
  if (takerFeeBps !== undefined) told(`fees of ${venue.name}: ${String(takerFeeBps)} bps of every trade`);
  return {
    market: { ...wanted, folder, fromMs, warmupBars: Math.round((fromMs - head.firstOpenMs) / barMs) },
    cashUsd: values.cashUsd,
    costs: takerFeeBps === undefined ? values.costs : { ...values.costs, takerFeeBps },
    limits: values.risk,
    minimumHours: values.board.minimumHours,
    pruning: values.pruning,
    cohort: values.cohort,
  };
}

/** What the venue's lowest tier takes, where nobody has said otherwise; the dearest symbol counts. */
function feeOf(
  instruments: readonly VenueInstrument[],
  origins: LoadedConfig['origins'],
): number | undefined {
  if (origins['costs.takerFeeBps'] !== 'default') return undefined;
  const fees = instruments.map(({ takerFeeBps }) => takerFeeBps).filter((fee) => fee !== undefined);
  const highest = Math.max(...fees);
  return fees.length === 0 || highest === DEFAULT_COSTS.takerFeeBps ? undefined : highest;
}

function beginLog(
  log: MarketLog,
  market: Omit<Market, 'fromMs' | 'folder'>,
  instruments: readonly VenueInstrument[],
  fromMs: TimeMs,
): MarketLogHead {
  const head: MarketLogHead = {
    exchange: market.exchange ?? '',
    second: market.second,
    timeframe: market.timeframe,
    symbols: market.symbols,
    instruments: instruments.map(({ instrument, tickSize }) =>
      tickSize === undefined ? instrument : { ...instrument, tickSize },
    ),
    firstOpenMs: fromMs - market.warmupBars * timeframeMs(market.timeframe),
  };
  log.begin(head);
  return head;
}

/** A log of a run that ended before its first round is gone on with, if it is the same market. */
function checkHead(head: MarketLogHead, market: Omit<Market, 'fromMs' | 'folder'>, folder: string): void {
  const name = (of: {
    exchange?: string | undefined;
    timeframe: string;
    symbols: readonly string[];
  }): string => `${of.symbols.join(',')} ${of.timeframe} of ${of.exchange ?? ''}`;
  if (name(head) === name(market)) return;
  throw new Problem('foreign', `${folder} holds the log of ${name(head)}, not of ${name(market)}`, {
    hint: 'name another --state, or start over with --fresh (the old state is moved aside)',
  });
}

/** The feed of an arena's market, with its history: everything before the first decided bar. Undefined when stopped before. */
export async function openArenaFeed(
  side: LiveSide,
  market: Market,
  values: ArenaConfig,
  stopRequested: () => boolean,
  told: LiveFeedSetup['told'],
): Promise<LiveFeed | undefined> {
  const { live } = values;
  const feed = await openLiveFeed({
    venue: side.venue,
    second: side.second,
    log: side.log,
    clock: side.clock,
    settle: {
      settleMs: live.settleSeconds * 1000,
      confirmMs: live.confirmSeconds * 1000,
      missingMs: live.missingSeconds * 1000,
      patienceMs: live.patienceSeconds * 1000,
    },
    doubt: live,
    fromMs: market.fromMs,
    withReadings: live.readings && market.instrument === 'perpetual',
    keepReadingsMs: live.keepReadingsDays * DAY_MS,
    stopRequested,
    told,
  });
  const barMs = timeframeMs(market.timeframe);
  const { table } = feed.market;
  const due = Math.round((market.fromMs - (table.openTimesMs[0] ?? NaN)) / barMs);
  while (table.length < due) {
    if ((await feed.next()) === 'stopped') return undefined;
    told(`history up to ${formatMinuteUtc((table.openTimesMs[table.length - 1] ?? NaN) + barMs)} read`);
  }
  return feed;
}
