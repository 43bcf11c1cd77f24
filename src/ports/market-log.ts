import type { GrowingMarket, SlotBar } from '../core/domain/growing-market.js';
import type { Instrument } from '../core/domain/instrument.js';
import type { Reading } from '../core/domain/market-readings.js';
import type { MarketTable } from '../core/domain/market-table.js';
import type { Timeframe, TimeMs } from '../core/domain/time.js';
import type { VenueReading } from './venue.js';

/** What a live market is; it holds for the whole life of a log. */
export interface MarketLogHead {
  readonly exchange: string;
  /** The venue that is asked for a second opinion. */
  readonly second?: string | undefined;
  readonly timeframe: Timeframe;
  readonly symbols: readonly string[];
  /** As the venue told them when the log began. */
  readonly instruments: readonly Instrument[];
  /** Of the first slot, warm-up included. */
  readonly firstOpenMs: TimeMs;
}

export const MISS_REASONS = [
  /** The venue answers and has no such bar. */
  'no-bar',
  /** The venue does not answer for this symbol, and the others were not kept waiting any longer. */
  'unanswered',
  /** A bar that was not believed. */
  'quarantined',
  'halted',
  'delisted',
  /** The bar is there; the funding that was due in it is not, and was not charged. */
  'no-funding',
] as const;
export type MissReason = (typeof MISS_REASONS)[number];

/** A bar, or its funding, that a round was played without. */
export interface MissedBar {
  readonly openMs: TimeMs;
  /** Index in the head's symbols. */
  readonly symbol: number;
  readonly reason: MissReason;
  readonly text: string;
  /** Not used, but told: a quarantined one. */
  readonly bar?: SlotBar;
}

/** A bar that came, or changed, after its round had been played. */
export interface Correction {
  readonly openMs: TimeMs;
  readonly symbol: number;
  readonly kind: 'late' | 'revised';
  readonly bar: SlotBar;
  readonly receivedMs: TimeMs;
}

export interface LoggedFunding {
  readonly symbol: number;
  readonly timeMs: TimeMs;
  readonly rate: number;
}

/** A reading that had arrived when its slot closed. */
export interface SlotReading extends Reading {
  readonly symbol: number;
}

/** One slot as the arena plays it: what is not here was not known in time. */
export interface SettledSlot {
  readonly openMs: TimeMs;
  /** When it was settled, by the venue's clock. */
  readonly settledMs: TimeMs;
  /** By symbol; undefined where the round does without it. */
  readonly bars: readonly (SlotBar | undefined)[];
  /** Rates in [open, close) of the slot. */
  readonly funding: readonly LoggedFunding[];
  /** The newest of each symbol and series that arrived after the slot before closed and by the close of this one. */
  readonly readings: readonly SlotReading[];
  readonly missed: readonly MissedBar[];
}

/** As it came, whether or not a slot could still see it. */
export interface LoggedReading extends VenueReading {
  readonly symbol: number;
  readonly receivedMs: TimeMs;
}

/** Everything that was known of a live market, and when. What a round has used never changes. */
export interface MarketLog {
  head(): MarketLogHead | undefined;
  begin(head: MarketLogHead): void;
  /** Open time of the newest slot; undefined before the first. */
  lastOpenMs(): TimeMs | undefined;
  /**
   * Slots in the order of their times, without a hole, and what was found to be otherwise when they were asked for: all of it or
   * nothing, durable before it returns. Later answers do not go back as far again.
   */
  append(
    slots: readonly SettledSlot[],
    corrections: readonly Correction[],
    lateFunding?: readonly LoggedFunding[],
  ): void;
  addReadings(readings: readonly LoggedReading[]): void;
  /** Drops readings that are older; what a slot saw stays for ever, as bars do. */
  forgetReadings(beforeMs: TimeMs): void;
  /** The market as its rounds have used it, up to the slots that open before `endMs`. */
  load(endMs?: TimeMs): GrowingMarket;
  /**
   * Lets a market that was loaded earlier grow by the slots since then that open before `endMs`. Returns when the newest of them
   * was settled; undefined when there is none.
   */
  extend(market: GrowingMarket, endMs: TimeMs): TimeMs | undefined;
  /** The market as it is known today: with late and revised bars, and with late rates. */
  corrected(): MarketTable;
  corrections(): readonly Correction[];
  /** Rates that came after the rounds in which they were due, oldest first. */
  lateFunding(): readonly LoggedFunding[];
  missed(): readonly MissedBar[];
  /** Open time and moment of settling, oldest first. */
  settled(): readonly { readonly openMs: TimeMs; readonly settledMs: TimeMs }[];
  readings(symbol: number, series: LoggedReading['series']): readonly LoggedReading[];
  close(): void;
}
