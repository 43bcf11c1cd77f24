import type { GrowingMarket } from '../../core/domain/growing-market.js';
import { type TimeMs, timeframeMs } from '../../core/domain/time.js';
import type { DoubtRules } from '../../core/feed/second-opinion.js';
import { type SymbolEndings, symbolEndings } from '../../core/domain/symbol-endings.js';
import type { BarKnowledge, SettleRules } from '../../core/feed/settle-bar.js';
import type {
  LoggedFunding,
  MarketLog,
  MarketLogHead,
  MissReason,
  MissedBar,
} from '../../ports/market-log.js';
import type { Venue } from '../../ports/venue.js';
import { type KnownCorrections, correctionKey } from './find-corrections.js';
import { type LiquidationSums, liquidationSums } from './liquidation-sums.js';
import type { LiveClock } from './live-clock.js';
import { type OutageTeller, type ToldAbout, createOutageTeller } from './outage-teller.js';
import { type PendingReadings, pendingReadings } from './pending-readings.js';

export interface LiveFeedSetup {
  readonly venue: Venue;
  readonly second?: Venue | undefined;
  readonly log: MarketLog;
  readonly clock: LiveClock;
  readonly settle: SettleRules;
  readonly doubt: DoubtRules;
  /** Slots before are history: nobody decides in them. */
  readonly fromMs: TimeMs;
  /** Whether open interest, best prices and liquidations are kept beside the bars. */
  readonly withReadings: boolean;
  /** How long readings are kept. */
  readonly keepReadingsMs: number;
  stopRequested(): boolean;
  told(text: string, about?: ToldAbout): void;
}

export interface MissCount {
  readonly symbol: string;
  readonly reason: MissReason;
  readonly count: number;
}

/** What can still come; a symbol that is halted or gone has no bar. */
const CAN_COME: readonly MissReason[] = ['no-bar', 'unanswered', 'quarantined', 'no-funding'];

/** What a feed knows beside its log. */
export interface FeedMemory {
  readonly setup: LiveFeedSetup;
  readonly head: MarketLogHead;
  readonly barMs: number;
  readonly market: GrowingMarket;
  /** Bars that were not believed, by slot and symbol. */
  readonly doubted: Map<string, MissedBar>;
  readonly known: KnownCorrections;
  /** Missed bars and rates that may still come, by slot and symbol. */
  readonly openMisses: Map<string, MissedBar>;
  /** How often those were asked for again, as far as this process knows. */
  readonly lookedAgain: Map<string, number>;
  /** Rates that came after their rounds, oldest first. */
  readonly lateFunding: LoggedFunding[];
  readonly endings: SymbolEndings;
  readonly pending: PendingReadings;
  readonly liquidations: LiquidationSums;
  /** By symbol. */
  readonly statuses: BarKnowledge['status'][];
  statusAtMs: TimeMs;
  /** The venue's clock minus this machine's. */
  skewMs: number;
  /** Whether the venue's clock was ever read; by this machine's alone nothing is settled. */
  isClockKnown: boolean;
  /** When it is read again, by this machine's clock. */
  clockDueMs: TimeMs;
  /** What a person was told of it; 0 where nothing was worth it. */
  saidSkewMs: number;
  missed: number;
  /** The same by symbol and reason, under both. */
  readonly missedBars: Map<string, MissCount>;
  corrected: number;
  readonly outages: OutageTeller;
}

/** Throws when the log has not begun. */
export function openFeedMemory(setup: LiveFeedSetup): FeedMemory {
  const { log } = setup;
  const head = log.head();
  if (head === undefined) throw new Error('the log of a live market has not begun');
  const doubted = new Map<string, MissedBar>();
  const missed = log.missed();
  const endings = symbolEndings(timeframeMs(head.timeframe));
  for (const { reason, symbol, openMs } of missed) endings.missed(symbol, openMs, reason);
  for (const miss of missed)
    if (miss.bar !== undefined) doubted.set(correctionKey(miss.openMs, miss.symbol), miss);
  const known: KnownCorrections = new Map();
  const corrections = log.corrections();
  for (const { openMs, symbol, bar } of corrections) known.set(correctionKey(openMs, symbol), bar);
  const barMs = timeframeMs(head.timeframe);
  const memory: FeedMemory = {
    setup,
    head,
    barMs,
    market: log.load(),
    doubted,
    known,
    openMisses: new Map(),
    lookedAgain: new Map(),
    lateFunding: [...log.lateFunding()],
    endings,
    pending: pendingReadings(),
    liquidations: liquidationSums({
      symbols: head.symbols,
      barMs,
      nowMs: () => venueNow(memory),
      onEvent({ event, why }) {
        const isLost = event === 'lost' || event === 'silent';
        const what = `liquidations of ${setup.venue.name}`;
        memory.outages.tell(what, {
          text: isLost ? `${what}: ${why}` : undefined,
          over: `${what} are heard again`,
        });
      },
    }),
    statuses: head.symbols.map(() => 'trading'),
    statusAtMs: -Infinity,
    skewMs: 0,
    isClockKnown: false,
    clockDueMs: -Infinity,
    saidSkewMs: 0,
    missed: 0,
    missedBars: new Map(),
    corrected: corrections.length,
    outages: createOutageTeller(
      // How long an outage was; the venue's clock may become known while it lasts.
      () => setup.clock.nowMs(),
      (text, about) => {
        setup.told(text, about);
      },
    ),
  };
  countMissed(memory, missed);
  return memory;
}

export function countMissed(memory: FeedMemory, missed: readonly MissedBar[]): void {
  for (const miss of missed)
    if (CAN_COME.includes(miss.reason)) memory.openMisses.set(correctionKey(miss.openMs, miss.symbol), miss);
  memory.missed += missed.length;
  for (const { symbol: s, reason } of missed) {
    const symbol = memory.head.symbols[s] ?? '';
    const key = `${symbol} ${reason}`;
    const count = (memory.missedBars.get(key)?.count ?? 0) + 1;
    memory.missedBars.set(key, { symbol, reason, count });
  }
}

export function venueNow({ setup, skewMs }: FeedMemory): TimeMs {
  return setup.clock.nowMs() + skewMs;
}

/** Waits by the venue's clock. */
export function untilVenue({ setup, skewMs }: FeedMemory, untilMs: TimeMs): Promise<void> {
  return setup.clock.until(untilMs - skewMs);
}

export function nextOpenMs({ head, market, barMs }: FeedMemory): TimeMs {
  return head.firstOpenMs + market.table.length * barMs;
}
