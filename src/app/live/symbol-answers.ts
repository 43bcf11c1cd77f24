/** What a venue has answered for each symbol since the newest slot was settled. */
import type { SlotBar } from '../../core/domain/growing-market.js';
import type { TimeMs, Timeframe } from '../../core/domain/time.js';
import { type Venue, type VenueCandle, VenueFault, type VenueFunding } from '../../ports/venue.js';

export interface SymbolAnswer {
  /** Of the newest answer; undefined before the first. */
  askedMs: TimeMs | undefined;
  bars: ReadonlyMap<TimeMs, VenueCandle>;
  newestOpenMs: TimeMs;
  /** Rates that are not in the log yet. */
  funding: readonly VenueFunding[];
  /** Bars were answered and rates were not. */
  isFundingOpen: boolean;
  /** The venue does not know the symbol any more. */
  isGone: boolean;
  fault: string | undefined;
  /** Nobody was asked, because the venue has failed too often: no news of this symbol. */
  isUnasked: boolean;
}

export function noAnswer(): SymbolAnswer {
  return {
    askedMs: undefined,
    bars: new Map(),
    newestOpenMs: -Infinity,
    funding: [],
    isFundingOpen: false,
    isGone: false,
    fault: undefined,
    isUnasked: false,
  };
}

export interface SymbolQuestion {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: TimeMs;
  readonly count: number;
  /** Rates from here on are wanted too; undefined where none is due. */
  readonly fundingFromMs: TimeMs | undefined;
  readonly askedMs: TimeMs;
  /** In words, where these bars are not the symbol's. */
  isOther?(bars: readonly VenueCandle[]): string | undefined;
}

/** Asks for bars and due rates of one symbol; a failure is kept in the answer, whatever else was known. */
export async function askForSymbol(
  venue: Venue,
  question: SymbolQuestion,
  answer: SymbolAnswer,
): Promise<void> {
  const { symbol, timeframe, fromMs, count, fundingFromMs, askedMs } = question;
  try {
    const [bars, funding] = await Promise.all([
      venue.candles(symbol, timeframe, fromMs, count),
      fundingFromMs === undefined ? [] : askForFunding(venue, symbol, fundingFromMs),
    ]);
    const other = question.isOther?.(bars);
    if (other !== undefined)
      throw new VenueFault('bad-reply', `${venue.name}: candles of ${symbol}: ${other}`);
    answer.askedMs = askedMs;
    answer.bars = new Map(bars.map((bar) => [bar.openMs, bar]));
    answer.newestOpenMs = bars.at(-1)?.openMs ?? -Infinity;
    answer.isFundingOpen = funding instanceof VenueFault;
    if (funding instanceof VenueFault) {
      answer.fault = funding.message;
      return;
    }
    if (fundingFromMs !== undefined) answer.funding = funding;
    answer.fault = undefined;
    answer.isUnasked = false;
  } catch (error) {
    if (!(error instanceof VenueFault)) throw error;
    answer.fault = error.message;
    answer.isUnasked = error.kind === 'circuit-open';
    // A symbol that is gone is an answer: it has no bars any more.
    if (error.kind !== 'unknown-symbol') return;
    answer.askedMs = askedMs;
    answer.bars = new Map();
    answer.newestOpenMs = -Infinity;
    answer.isGone = true;
  }
}

/** Bars are bars also where no rates are told. */
async function askForFunding(
  venue: Venue,
  symbol: string,
  fromMs: TimeMs,
): Promise<readonly VenueFunding[] | VenueFault> {
  try {
    return await venue.funding(symbol, fromMs);
  } catch (error) {
    if (error instanceof VenueFault && error.kind !== 'unknown-symbol') return error;
    throw error;
  }
}

export function slotBarOf(candle: VenueCandle | undefined): SlotBar | undefined {
  if (candle === undefined) return undefined;
  const { open, high, low, close, volume } = candle;
  return { open, high, low, close, volume };
}

export function sameBar(a: SlotBar, b: SlotBar): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
