import type { TimeMs } from '../../core/domain/time.js';
import { Problem } from '../../core/domain/problem.js';
import { type VenueCandle, VenueFault } from '../../ports/venue.js';
import { type FeedMemory, untilVenue, venueNow } from './feed-memory.js';
import type { LoggedReading } from '../../ports/market-log.js';
import { otherPrices } from './other-prices.js';
import { arrivedAt } from './pending-readings.js';
import { type SymbolAnswer, askForSymbol, noAnswer } from './symbol-answers.js';

/** Played bars that each answer repeats, to see whether they have changed. */
const LOOK_BACK = 3;
const SKEW_EVERY_MS = 3_600_000;
const STATUS_EVERY_MS = 60_000;
/** A second venue that takes longer has no opinion. */
const SECOND_PATIENCE_MS = 10_000;
const DEFAULT_FUNDING_MS = 8 * 3_600_000;

/** Reads the venue's clock, at most once an hour. */
export async function measureSkew(memory: FeedMemory): Promise<void> {
  const { venue, clock } = memory.setup;
  if (clock.nowMs() - memory.skewAtMs < SKEW_EVERY_MS) return;
  await answered(memory, `the clock of ${venue.name}`, async () => {
    const { venueMs, sentMs, receivedMs } = await venue.time();
    memory.skewMs = Math.round(venueMs - (sentMs + receivedMs) / 2);
    memory.skewAtMs = clock.nowMs();
  });
}

/**
 * Reads the venue's clock now. A clock that was set, here or there, since it was read last would make an open bar look closed;
 * answers were asked for when they were, by the right clock.
 */
export async function lookAtClock(memory: FeedMemory, answers: readonly SymbolAnswer[]): Promise<void> {
  const before = memory.skewMs;
  memory.skewAtMs = -Infinity;
  await measureSkew(memory);
  for (const answer of answers) if (answer.askedMs !== undefined) answer.askedMs += memory.skewMs - before;
}

/** Asks which symbols trade at all; at most once a minute. */
export async function refreshStatuses(memory: FeedMemory): Promise<void> {
  const { venue, clock } = memory.setup;
  const { symbols } = memory.head;
  if (clock.nowMs() - memory.statusAtMs < STATUS_EVERY_MS) return;
  memory.statusAtMs = clock.nowMs();
  await answered(memory, `the symbols of ${venue.name}`, async () => {
    (await venue.instruments(symbols)).forEach(({ status }, s) => {
      memory.sayChanged(
        `${symbols[s] ?? ''} at ${venue.name}`,
        status === 'trading' ? undefined : status,
        symbols[s],
      );
      memory.statuses[s] = status;
    });
  });
}

/** Asks for `slots` bars from `startMs` on, one request for each of these symbols. */
export async function askForBars(
  memory: FeedMemory,
  answers: readonly SymbolAnswer[],
  startMs: TimeMs,
  slots: number,
  which: readonly number[],
): Promise<void> {
  const { venue } = memory.setup;
  const { symbols, timeframe } = memory.head;
  const askedMs = venueNow(memory);
  const back = Math.min(LOOK_BACK, memory.market.table.length);
  await Promise.all(
    which.map(async (s) => {
      const answer = answers[s] ?? noAnswer();
      const symbol = symbols[s] ?? '';
      const fromMs = startMs - back * memory.barMs;
      const fundingFromMs = fundingFrom(memory, s, startMs, startMs + slots * memory.barMs);
      const count = back + slots + 1;
      const isOther = (bars: readonly VenueCandle[]): string | undefined => otherPrices(memory, s, bars);
      await askForSymbol(
        venue,
        { symbol, timeframe, fromMs, count, fundingFromMs, askedMs, isOther },
        answer,
      );
      memory.sayChanged(`${symbol} from ${venue.name}`, answer.fault, symbol);
      if (answer.isGone) memory.statuses[s] = 'delisted';
    }),
  );
}

/** From which time on rates of a symbol are asked for, where one is due before `endMs`. */
function fundingFrom(
  { market }: FeedMemory,
  symbol: number,
  startMs: TimeMs,
  endMs: TimeMs,
): TimeMs | undefined {
  const series = market.table.funding[symbol];
  if (series === undefined) return undefined;
  const last = series.timesMs.at(-1);
  const before = series.timesMs.at(-2);
  if (last === undefined) return startMs;
  const interval = before === undefined ? DEFAULT_FUNDING_MS : last - before;
  return last + interval >= endMs ? undefined : Math.max(startMs, last + 1);
}

/** The other venue's bars by symbol, as far as it answers in time. History needs no second opinion. */
export async function secondOpinions(
  memory: FeedMemory,
  startMs: TimeMs,
  slots: number,
): Promise<ReadonlyMap<number, SymbolAnswer>> {
  const { second, fromMs } = memory.setup;
  const { symbols, timeframe } = memory.head;
  const opinions = new Map<number, SymbolAnswer>();
  if (second === undefined || startMs + slots * memory.barMs <= fromMs) return opinions;
  const asking = symbols.map(async (symbol, s) => {
    const answer = noAnswer();
    const askedMs = venueNow(memory);
    await askForSymbol(
      second,
      { symbol, timeframe, fromMs: startMs, count: slots + 1, fundingFromMs: undefined, askedMs },
      answer,
    );
    const { fault } = answer;
    memory.sayChanged(
      `${symbol} from ${second.name}`,
      fault === undefined ? undefined : `no second opinion: ${fault}`,
      symbol,
    );
    if (fault === undefined) opinions.set(s, answer);
  });
  await Promise.race([Promise.all(asking), untilVenue(memory, venueNow(memory) + SECOND_PATIENCE_MS)]);
  // What comes after this is too late for this bar.
  return new Map(opinions);
}

/**
 * Open interest and the like: a slot sees what arrives before it closes; nothing waits for them, and without them nothing stops.
 * One symbol after another, so that bars find a way to the venue while an answer hangs. As they came they are kept too, for a
 * while, also those that came too late for a slot.
 */
export async function keepReadings(memory: FeedMemory): Promise<void> {
  const { venue, log, keepReadingsMs } = memory.setup;
  await answered(memory, `readings of ${venue.name}`, async () => {
    const came: LoggedReading[] = [];
    let fault: VenueFault | undefined;
    for (const [symbol, name] of memory.head.symbols.entries())
      try {
        for (const one of await venue.readings(name)) {
          const reading = arrivedAt(one, symbol, venueNow(memory));
          memory.pending.add(reading);
          came.push({ ...one, symbol, receivedMs: reading.arrivedMs });
        }
      } catch (error) {
        if (!(error instanceof VenueFault)) throw error;
        fault ??= error;
      }
    log.addReadings(came);
    log.forgetReadings(venueNow(memory) - keepReadingsMs);
    if (fault !== undefined) throw fault;
  });
}

/** What a venue does not answer, or a full disk does not take, is said, and nothing more. */
async function answered(memory: FeedMemory, about: string, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
    memory.sayChanged(about, undefined);
  } catch (error) {
    if (!(error instanceof VenueFault || error instanceof Problem)) throw error;
    memory.sayChanged(about, error.message);
  }
}
