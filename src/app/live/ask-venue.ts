import type { TimeMs } from '../../core/domain/time.js';
import { Problem } from '../../core/domain/problem.js';
import { type VenueCandle, VenueFault } from '../../ports/venue.js';
import { type FeedMemory, venueNow } from './feed-memory.js';
import type { LoggedReading } from '../../ports/market-log.js';
import { fundingDueIn, knownFundingTimes } from './funding-rhythm.js';
import { otherPrices } from './other-prices.js';
import { arrivedAt } from './pending-readings.js';
import { type SymbolAnswer, askForSymbol, noAnswer } from './symbol-answers.js';
import { tellSkew } from './tell-skew.js';

/** Played bars that each answer repeats, to see whether they have changed. */
export const LOOK_BACK = 3;
/** Pauses between two tries while something is waited for. */
export const FIRST_POLL_MS = 1_000;
export const LAST_POLL_MS = 15_000;
const CLOCK_EVERY_MS = 3_600_000;
const CLOCK_AGAIN_MS = 60_000;
const STATUS_EVERY_MS = 60_000;
/** A second venue that takes longer, by the clock on the wall, has no opinion. */
const SECOND_PATIENCE_MS = 10_000;

/** Reads the venue's clock, at most once an hour; one that is known and cannot be read again now waits for a minute. */
export async function measureSkew(memory: FeedMemory): Promise<void> {
  if (memory.setup.clock.nowMs() >= memory.clockDueMs) await readClock(memory);
}

/**
 * Waits until the venue's clock was read once. By another one that is ahead, slots that are still to come would be written down as
 * missed, for ever. False when stopped before.
 */
export async function knowClock(memory: FeedMemory): Promise<boolean> {
  const { setup } = memory;
  const { clock } = setup;
  for (let pauseMs = FIRST_POLL_MS; !setup.stopRequested(); pauseMs = Math.min(2 * pauseMs, LAST_POLL_MS)) {
    await measureSkew(memory);
    if (memory.isClockKnown) return true;
    await clock.until(clock.nowMs() + pauseMs);
  }
  return false;
}

/**
 * Reads the venue's clock now; returns whether it could be read. A clock that was set, here or there, since it was read last would
 * make an open bar look closed; answers were asked for when they were, by the right clock.
 */
export async function lookAtClock(memory: FeedMemory, answers: readonly SymbolAnswer[]): Promise<boolean> {
  const before = memory.skewMs;
  const isRead = await readClock(memory);
  for (const answer of answers) if (answer.askedMs !== undefined) answer.askedMs += memory.skewMs - before;
  return isRead;
}

async function readClock(memory: FeedMemory): Promise<boolean> {
  const { venue, clock } = memory.setup;
  const failed = await answered(
    memory,
    `the clock of ${venue.name}`,
    async () => {
      const { venueMs, sentMs, receivedMs } = await venue.time();
      memory.skewMs = Math.round(venueMs - (sentMs + receivedMs) / 2);
      memory.isClockKnown = true;
      tellSkew(memory);
    },
    { within: venue.name, meaning: memory.isClockKnown ? '' : '; rounds wait until it is known' },
  );
  const againMs = memory.isClockKnown ? CLOCK_AGAIN_MS : 0;
  memory.clockDueMs = clock.nowMs() + (failed ? againMs : CLOCK_EVERY_MS);
  return !failed;
}

/** Asks which symbols trade at all; at most once a minute. */
export async function refreshStatuses(memory: FeedMemory): Promise<void> {
  const { venue, clock } = memory.setup;
  const { symbols } = memory.head;
  if (clock.nowMs() - memory.statusAtMs < STATUS_EVERY_MS) return;
  memory.statusAtMs = clock.nowMs();
  await answered(memory, `the symbols of ${venue.name}`, async () => {
    (await venue.instruments(symbols)).forEach(({ status }, s) => {
      const symbol = symbols[s] ?? '';
      memory.outages.tell(`${symbol} status`, {
        symbol,
        text: status === 'trading' ? undefined : `${symbol} is ${status} at ${venue.name}`,
        over: `${symbol} trades at ${venue.name} again`,
        // Every bar that is missed for it says so.
        isSaidOnce: true,
      });
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
      if (answer.isGone) memory.statuses[s] = 'delisted';
    }),
  );
  tellAnswers(memory, venue.name, answers, '; no symbol is answered: rounds wait');
}

/** What a venue does for no symbol is one thing, not one for each of them. */
function tellAnswers(
  { outages, head }: FeedMemory,
  venue: string,
  answers: readonly Pick<SymbolAnswer, 'fault' | 'isUnasked'>[],
  meaning: string,
): void {
  const first = answers.find(({ fault }) => fault !== undefined)?.fault;
  const isAll = answers.length > 1 && answers.every(({ fault }) => fault !== undefined);
  outages.tell(venue, {
    text: isAll ? `${first ?? ''}${meaning}` : undefined,
    over: `${venue} answers again`,
  });
  if (isAll) return;
  head.symbols.forEach((symbol, s) => {
    const { fault, isUnasked } = answers[s] ?? noAnswer();
    if (isUnasked) return;
    outages.tell(`${symbol} from ${venue}`, {
      symbol,
      text: fault === undefined ? undefined : `${symbol}: ${fault}`,
      over: `${symbol}: ${venue} answers again`,
    });
  });
}

/** From which time on rates of a symbol are asked for, where one is due before `endMs`. */
function fundingFrom(memory: FeedMemory, symbol: number, startMs: TimeMs, endMs: TimeMs): TimeMs | undefined {
  if (memory.market.table.funding[symbol] === undefined) return undefined;
  const times = knownFundingTimes(memory, symbol);
  const last = times.at(-1);
  if (last === undefined) return startMs;
  // From the newest known one on: what came late, or more often than before, is in the answer too.
  return fundingDueIn(times, startMs, endMs) === undefined ? undefined : last + 1;
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
  const answers = symbols.map(noAnswer);
  if (second === undefined || startMs + slots * memory.barMs <= fromMs) return opinions;
  const asking = symbols.map(async (symbol, s) => {
    const answer = answers[s] ?? noAnswer();
    answer.fault = `${second.name}: no answer within ${String(SECOND_PATIENCE_MS / 1000)} s`;
    const askedMs = venueNow(memory);
    await askForSymbol(
      second,
      { symbol, timeframe, fromMs: startMs, count: slots + 1, fundingFromMs: undefined, askedMs },
      answer,
    );
    if (answer.fault === undefined) opinions.set(s, answer);
  });
  const over = new AbortController();
  await Promise.race([Promise.all(asking), memory.setup.clock.rest(SECOND_PATIENCE_MS, over.signal)]);
  over.abort();
  tellAnswers(memory, second.name, answers, '; there is no second opinion');
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

/** What a venue does not answer, or a full disk does not take, is said, and nothing more. Returns whether it failed. `within`: an outage that explains it; `meaning`: what follows from it. */
async function answered(
  memory: FeedMemory,
  about: string,
  ask: () => Promise<void>,
  { within = '', meaning = '' } = {},
): Promise<boolean> {
  const tell = (text: string | undefined): void => {
    if (text === undefined || !memory.outages.isOpen(within))
      memory.outages.tell(about, { text, over: `${about}: known again` });
  };
  try {
    await ask();
    tell(undefined);
    return false;
  } catch (error) {
    if (!(error instanceof VenueFault || error instanceof Problem)) throw error;
    tell(`${about}: ${error.message}${meaning}`);
    return true;
  }
}
