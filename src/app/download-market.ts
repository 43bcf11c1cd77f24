/**
 * Candles and funding of an exchange into a folder that grows: after the newest whole line, only closed bars, nothing twice.
 * What the exchange does not have stays a gap, and is asked for again by the next run. Symbols are asked for side by side; the exchange's own limits set the pace.
 */
import type { Instrument } from '../core/domain/instrument.js';
import { Problem } from '../core/domain/problem.js';
import { type Timeframe, type TimeMs, formatForPeople, timeframeMs } from '../core/domain/time.js';
import { DEFAULT_SETTLE_RULES } from '../core/feed/settle-bar.js';
import type { ArchiveCard, MarketArchive } from '../ports/market-archive.js';
import { type Venue, VenueFault, type VenueInstrument } from '../ports/venue.js';
import { fillGaps } from './fill-gaps.js';
import { archiveNames } from './archive-names.js';
import { pageAfter } from './page-after.js';

export interface DownloadWish {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly instrument: Instrument['type'];
  /** Undefined: from where the folder begins. */
  readonly fromMs: TimeMs | undefined;
  /** No bar that opens then or later. */
  readonly endMs: TimeMs;
  readonly stopRequested: () => boolean;
  /** Bars behind us and bars in all, counted by their times. */
  readonly progress: (done: number, of: number) => void;
  readonly told: (text: string) => void;
}

export interface DownloadedSymbol {
  readonly symbol: string;
  /** Of its folder. */
  readonly name: string;
  /** Where it was to begin. */
  readonly fromMs: TimeMs;
  readonly addedBars: number;
  /** Bars that the exchange did not have at an earlier run and has now. */
  readonly filledBars: number;
  readonly addedRates: number;
  /** Open of the newest bar in the file; undefined where there is none. */
  readonly lastMs: TimeMs | undefined;
  readonly takerFeeBps: number | undefined;
  readonly makerFeeBps: number | undefined;
}

/** Bars that are written at once. With the one before them they are as many as exchanges tell at a time. */
const PAGE_BARS = 999;

export async function downloadMarket(
  venue: Venue,
  archive: MarketArchive,
  wish: DownloadWish,
): Promise<readonly DownloadedSymbol[]> {
  const { timeframe, symbols, told } = wish;
  const barMs = timeframeMs(timeframe);
  const names = archiveNames(symbols);
  const before = archive.card();
  checkCard(before, venue.name, wish, archive.folder);
  const instruments = await venue.instruments(symbols);
  const { venueMs } = await venue.time();
  checkFrom(wish.fromMs, venueMs, venue.name);
  const hasBars = (name: string): boolean => archive.candles(name, timeframe).lastMs() !== undefined;
  const card = cardWith(before, venue.name, wish, names, instruments, hasBars);
  archive.saveCard(card);
  // Before this moment bars are closed for good, by the exchange's clock.
  const closedMs = venueMs - DEFAULT_SETTLE_RULES.confirmMs;
  const endMs = Math.min(wish.endMs, Math.floor(closedMs / barMs) * barMs);
  for (const { instrument, status } of instruments)
    if (status !== 'trading')
      told(`${instrument.symbol} is ${status} at ${venue.name}: it may have no newer bars`);

  const newest = venue.newestBarsOnly;
  const reachMs = newest === undefined ? -Infinity : endMs - newest * barMs;
  if (Object.values(card.symbols).some(({ fromMs }) => fromMs < reachMs))
    told(
      `${venue.name} tells its newest ${String(newest)} bars alone, those from ${formatForPeople(reachMs)} on: run this again before they are over, and the folder grows`,
    );

  const works = symbols.map((symbol, k) => {
    const name = names[k] ?? symbol;
    const fromMs = card.symbols[name]?.fromMs ?? endMs;
    const series = archive.candles(name, timeframe);
    return {
      symbol,
      name,
      fromMs,
      series,
      instrument: instruments[k],
      atMs: nextOf(series.lastMs(), fromMs, barMs),
    };
  });
  const report = (): void => {
    const done = works.reduce((sum, { fromMs, atMs }) => sum + Math.max(0, atMs - fromMs), 0);
    const all = works.reduce((sum, { fromMs }) => sum + Math.max(0, endMs - fromMs), 0);
    wish.progress(Math.min(done, all) / barMs, all / barMs);
  };
  report();
  const outcomes = await Promise.allSettled(
    works.map(async (work): Promise<DownloadedSymbol> => {
      const { symbol, name, series, fromMs, instrument } = work;
      let addedBars = 0;
      // Those between bars that earlier runs have left; what this one asks for it need not ask for twice.
      const gaps = series.gaps(barMs).filter(({ fromMs: from }) => from < endMs);
      while (work.atMs < endMs && !wish.stopRequested()) {
        const count = Math.min(PAGE_BARS, Math.round((endMs - work.atMs) / barMs));
        const page = await pageAfter(venue, symbol, timeframe, work.atMs, count, series.newest());
        const bars = page.filter(({ openMs }) => openMs >= work.atMs && openMs < endMs);
        const isFirst = series.lastMs() === undefined;
        series.append(bars.map((bar) => [bar.openMs, bar.open, bar.high, bar.low, bar.close, bar.volume]));
        addedBars += bars.length;
        if (isFirst && bars.length > 0) archive.saveCard(card);
        // Nothing at or after this: whatever is left does not exist there.
        work.atMs = bars.length === 0 ? endMs : nextOf(series.lastMs(), fromMs, barMs);
        report();
      }
      const withFunding =
        wish.instrument === 'perpetual' && series.lastMs() !== undefined && !wish.stopRequested();
      return {
        symbol,
        name,
        fromMs,
        addedBars,
        filledBars: await fillGaps(venue, work, gaps, wish),
        addedRates: withFunding ? await addFunding(venue, archive, { symbol, name, fromMs, endMs }) : 0,
        lastMs: series.lastMs(),
        takerFeeBps: instrument?.takerFeeBps,
        makerFeeBps: instrument?.makerFeeBps,
      };
    }),
  );
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    throw outcome.reason;
  });
}

async function addFunding(
  venue: Venue,
  archive: MarketArchive,
  of: { readonly symbol: string; readonly name: string; readonly fromMs: TimeMs; readonly endMs: TimeMs },
): Promise<number> {
  const series = archive.funding(of.name);
  const fromMs = (series.lastMs() ?? of.fromMs - 1) + 1;
  const rates = (await venue.funding(of.symbol, fromMs)).filter(
    ({ timeMs }) => timeMs >= fromMs && timeMs < of.endMs,
  );
  series.append(rates.map(({ timeMs, rate }) => [timeMs, rate]));
  return rates.length;
}

function nextOf(lastMs: TimeMs | undefined, fromMs: TimeMs, barMs: number): TimeMs {
  return lastMs === undefined ? fromMs : lastMs + barMs;
}

/** Nothing would come of it, and "no bars in that time" would not say why. */
function checkFrom(fromMs: TimeMs | undefined, venueMs: TimeMs, exchange: string): void {
  if (fromMs === undefined || fromMs <= venueMs) return;
  throw new Problem(
    'usage',
    `--from ${formatForPeople(fromMs)} is in the future: at ${exchange} it is ${formatForPeople(venueMs)}`,
    { hint: 'give a date in the past, for example --from 2024-01-01' },
  );
}

/** A folder holds bars of one kind from one exchange. */
function checkCard(
  card: ArchiveCard | undefined,
  exchange: string,
  wish: DownloadWish,
  folder: string,
): void {
  if (card === undefined) return;
  const kind = (of: { exchange: string; instrument: string; timeframe: string }): string =>
    `${of.instrument} ${of.timeframe} of ${of.exchange}`;
  const wanted = kind({ exchange, ...wish });
  if (kind(card) !== wanted)
    throw new Problem('usage', `${folder} holds ${kind(card)}, not ${wanted}`, {
      hint: 'name another folder with --out',
    });
}

function cardWith(
  before: ArchiveCard | undefined,
  exchange: string,
  { timeframe, instrument: type, symbols, fromMs: asked }: DownloadWish,
  names: readonly string[],
  instruments: readonly VenueInstrument[],
  hasBars: (name: string) => boolean,
): ArchiveCard {
  const added = symbols.map((symbol, k) => {
    const name = names[k] ?? symbol;
    const known = before?.symbols[name];
    const instrument = instruments[k];
    if (instrument === undefined) throw new VenueFault('bad-reply', `${exchange}: says nothing of ${symbol}`);
    if (known === undefined && asked === undefined)
      throw new Problem('usage', `${symbol} is not in the folder yet: --from says where it shall begin`, {
        hint: 'for example --from 2024-01-01',
      });
    const barMs = timeframeMs(timeframe);
    const fromMs = asked === undefined ? undefined : Math.ceil(asked / barMs) * barMs;
    // A symbol without bars may begin anywhere: nothing stands behind what would come.
    const began = known !== undefined && (fromMs === undefined || hasBars(name)) ? known.fromMs : undefined;
    if (began !== undefined && fromMs !== undefined && fromMs < began)
      throw new Problem(
        'usage',
        `${symbol} was downloaded from ${formatForPeople(began)} on: bars before that cannot be put in front`,
        { hint: `leave --from away to go on, or name another folder with --out to have all of it` },
      );
    const one = {
      symbol,
      fromMs: began ?? fromMs ?? 0,
      instrument: instrument.instrument,
      takerFeeBps: instrument.takerFeeBps,
      makerFeeBps: instrument.makerFeeBps,
    };
    return [name, one] as const;
  });
  return {
    exchange,
    instrument: type,
    timeframe,
    symbols: { ...before?.symbols, ...Object.fromEntries(added) },
  };
}
