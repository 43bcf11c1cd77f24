/**
 * Follows a venue bar by bar: waits for the close, asks once per symbol, settles what is final, writes it into the log, and only
 * then lets the market grow. After a sleep or an outage the same code settles every slot that is due, in order. What a round
 * was played without is noted as missed; what comes later, or changes, as a correction.
 */
import type { GrowingMarket } from '../../core/domain/growing-market.js';
import { type TimeMs, formatForPeople } from '../../core/domain/time.js';
import type { QuoteWatch, VenueUsage } from '../../ports/venue.js';
import {
  FIRST_POLL_MS,
  LAST_POLL_MS,
  askForBars,
  keepReadings,
  knowClock,
  lookAtClock,
  measureSkew,
  refreshStatuses,
  secondOpinions,
} from './ask-venue.js';
import { doubtDrafts, draftSlots } from './draft-slots.js';
import {
  type FeedMemory,
  type LiveFeedSetup,
  type MissCount,
  nextOpenMs,
  openFeedMemory,
  untilVenue,
  venueNow,
} from './feed-memory.js';
import { findCorrections } from './find-corrections.js';
import { type SymbolAnswer, noAnswer } from './symbol-answers.js';
import { lookAgain } from './look-again.js';
import { takeSlots, tellCorrections } from './take-slots.js';

export interface LiveFeedState {
  /** The venue's clock minus this machine's. */
  readonly skewMs: number;
  /** The venue's clock, as far as it is known. */
  readonly venueNowMs: TimeMs;
  /** When the bar that comes next closes, by the venue's clock. */
  readonly nextCloseMs: TimeMs;
  /** From now until then by that clock; negative when it is over. */
  readonly leftMs: number;
  /** From the newest bar's close until it was settled; undefined before the first. */
  readonly lagMs: number | undefined;
  readonly missed: number;
  /** The same by symbol and reason. */
  readonly missedBars: readonly MissCount[];
  readonly corrections: number;
  /** What it waits for beyond the next close, in words; what is late by seconds is nobody's worry. */
  readonly waitingFor: string | undefined;
  readonly usage: VenueUsage;
}

export interface LiveFeed {
  readonly market: GrowingMarket;
  /** Waits until at least one more slot is settled. */
  next(): Promise<'grown' | 'stopped'>;
  state(): LiveFeedState;
  /** Waits for what goes on beside the bars; the log is written no more then. */
  close(): Promise<void>;
}

/** Slots that are settled at once after an outage; the next ones follow. */
const MOST_SLOTS = 1000;
/** So long before a close readings are asked for: its slot shall see them, and they must not be in the way of its bars. */
const READINGS_BEFORE_MS = 15_000;
const LATE_MS = 30_000;

/** Opens the feed of a log that has begun; reads the venue's clock, if it can be read now. */
export async function openLiveFeed(setup: LiveFeedSetup): Promise<LiveFeed> {
  const memory = openFeedMemory(setup);
  const { head, barMs, market } = memory;
  const { settleMs } = setup.settle;
  /** Under way; the next ones wait for a bar after it. */
  let readings: Promise<void> | undefined;
  let lagMs: number | undefined;
  let waitingFor: string | undefined;
  let isHearing = false;
  let watch: QuoteWatch | undefined;
  /** Once the clock is known: sums of what was heard belong to bars by time. */
  const hear = (): void => {
    if (isHearing || !setup.withReadings || !memory.isClockKnown) return;
    isHearing = true;
    watch = setup.venue.watchLiquidations(head.symbols, memory.liquidations.listener);
  };
  await measureSkew(memory);
  hear();
  const readingsBeforeMs = Math.min(READINGS_BEFORE_MS, barMs / 4);
  let readingsOfMs = -Infinity;
  /** Once for a bar that is still open; until it is time for that, or for the bar. */
  const beforeClose = async (startMs: TimeMs, nowMs: TimeMs, dueMs: TimeMs): Promise<void> => {
    const closeMs = startMs + barMs;
    if (setup.withReadings && readingsOfMs !== startMs && nowMs < closeMs) {
      const askMs = closeMs - readingsBeforeMs;
      if (nowMs < askMs) return untilVenue(memory, askMs);
      readingsOfMs = startMs;
      readings ??= keepReadings(memory).finally(() => {
        readings = undefined;
      });
    }
    return untilVenue(memory, dueMs);
  };
  return {
    market,
    async next() {
      if (!(await knowClock(memory))) return 'stopped';
      hear();
      const startMs = nextOpenMs(memory);
      const dueMs = startMs + barMs + settleMs;
      const answers = head.symbols.map(noAnswer);
      let pollMs = FIRST_POLL_MS;
      /** Since when somebody is kept waiting: the first answer for this slot. While nobody answers, nobody is. */
      let sinceMs: TimeMs | undefined;
      let isClockSure = false;
      /** Nothing tells that the bar is closed: neither a later one nor the clock. */
      let isUnsure = false;
      waitingFor = undefined;
      tellCorrections(memory, await lookAgain(memory, dueMs));
      while (!setup.stopRequested()) {
        await measureSkew(memory);
        const nowMs = venueNow(memory);
        if (nowMs < dueMs) {
          await beforeClose(startMs, nowMs, dueMs);
          continue;
        }
        const due = Math.min(MOST_SLOTS, Math.floor((nowMs - dueMs) / barMs) + 1);
        const asked = isUnsure
          ? head.symbols.map((_, s) => s)
          : draftSlots(memory, answers, 1, sinceMs ?? nowMs).open;
        await askForBars(memory, answers, startMs, due, asked);
        if (answers.some(({ askedMs }) => askedMs !== undefined)) sinceMs ??= venueNow(memory);
        const lastMs = startMs + (due - 1) * barMs;
        if (!isClockSure && answers.some((answer) => isLast(answer, lastMs))) {
          // Only the clock says that these bars are closed.
          isClockSure = await lookAtClock(memory, answers);
          if (venueNow(memory) < dueMs) continue;
        }
        const closed = isClockSure ? due : Math.min(due, closedSlots(answers, startMs, barMs));
        if (answers.some(({ bars, fault }) => fault === undefined && !bars.has(startMs)))
          await refreshStatuses(memory);
        const { drafts, open, untilMs } = draftSlots(memory, answers, Math.max(1, closed), sinceMs ?? nowMs);
        isUnsure = drafts.length > 0 && closed === 0;
        if (drafts.length > 0 && !isUnsure) {
          const restored = doubtDrafts(memory, drafts, await secondOpinions(memory, startMs, drafts.length));
          const { doubted, known } = memory;
          const changed = findCorrections(market.table, answers, settleMs, doubted, known);
          const settledMs = takeSlots(memory, drafts, answers, [...restored, ...changed]);
          lagMs = settledMs - (nextOpenMs(memory) - barMs) - barMs;
          waitingFor = undefined;
          return 'grown';
        }
        const names = isUnsure
          ? clockOf(setup)
          : open.length === answers.length
            ? setup.venue.name
            : namesOf(head.symbols, open);
        const why = open.map((s) => answers[s]?.fault).find((fault) => fault !== undefined);
        waitingFor = `${names}, for the bar to ${formatForPeople(startMs + barMs)}: ${why ?? 'not there yet'}`;
        const isAsking = isUnsure || open.length > 0;
        await untilVenue(memory, isAsking ? venueNow(memory) + pollMs : untilMs);
        pollMs = Math.min(pollMs * 2, LAST_POLL_MS);
      }
      return 'stopped';
    },
    async close() {
      await watch?.close();
      await readings;
    },
    state: () => ({
      skewMs: memory.skewMs,
      venueNowMs: venueNow(memory),
      nextCloseMs: nextOpenMs(memory) + barMs,
      leftMs: nextOpenMs(memory) + barMs - venueNow(memory),
      lagMs,
      missed: memory.missed,
      missedBars: [...memory.missedBars.values()],
      corrections: memory.corrected,
      waitingFor: !memory.isClockKnown
        ? clockOf(setup)
        : overdue(memory, barMs + settleMs)
          ? (waitingFor ??
            `${setup.venue.name} to answer, for the bar to ${formatForPeople(nextOpenMs(memory) + barMs)}`)
          : undefined,
      usage: setup.venue.usage(),
    }),
  };
}

/** The bar that comes next is late by more than any exchange is as a rule. */
function overdue(memory: FeedMemory, afterMs: number): boolean {
  return venueNow(memory) >= nextOpenMs(memory) + afterMs + LATE_MS;
}

function namesOf(symbols: readonly string[], which: readonly number[]): string {
  return which.map((s) => symbols[s] ?? '').join(', ');
}

function clockOf({ venue }: LiveFeedSetup): string {
  return `the clock of ${venue.name}`;
}

/** Slots from `startMs` on that are closed whatever a clock says: the venue has told a later bar, of one symbol or another. */
function closedSlots(answers: readonly SymbolAnswer[], startMs: TimeMs, barMs: number): number {
  const newestMs = Math.max(...answers.map(({ newestOpenMs }) => newestOpenMs));
  return Math.max(0, Math.floor((newestMs - startMs) / barMs));
}

/** No later bar confirms that the one of this slot is closed. */
function isLast({ askedMs, newestOpenMs }: SymbolAnswer, startMs: TimeMs): boolean {
  return askedMs !== undefined && newestOpenMs <= startMs;
}
