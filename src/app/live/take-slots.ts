import { firstIndexAtOrAfter } from '../../core/domain/market-table.js';
import { type TimeMs, formatMinuteUtc } from '../../core/domain/time.js';
import type { Correction, LoggedFunding, SettledSlot, SlotReading } from '../../ports/market-log.js';
import type { DraftSlot } from './draft-slots.js';
import { type FeedMemory, countMissed, venueNow } from './feed-memory.js';
import { knownFundingTimes } from './funding-rhythm.js';
import type { SymbolAnswer } from './symbol-answers.js';

/** Log first, market after: what nobody has written down nobody plays. Returns when the slots were settled. */
export function takeSlots(
  memory: FeedMemory,
  drafts: readonly DraftSlot[],
  answers: readonly SymbolAnswer[],
  corrections: readonly Correction[],
): TimeMs {
  const { setup } = memory;
  const { log, fromMs } = setup;
  const { symbols } = memory.head;
  const settledMs = venueNow(memory);
  const slots: SettledSlot[] = drafts.map(({ openMs, bars, missed }) => ({
    openMs,
    settledMs,
    bars,
    funding: fundingOf(memory, answers, openMs),
    readings: readingsOf(memory, openMs),
    missed: openMs < fromMs ? [] : missed,
  }));
  const late = lateFundingOf(memory, answers, slots[0]?.openMs ?? -Infinity);
  log.append(slots, corrections, late);
  for (const { bars, funding, readings, missed } of slots) {
    memory.market.append(bars);
    for (const { symbol, timeMs, rate } of funding) memory.market.addFunding(symbol, timeMs, rate);
    for (const { symbol, ...reading } of readings) memory.market.addReading(symbol, reading);
    countMissed(memory, missed);
    for (const { symbol, openMs, reason } of missed) {
      const endsMs = memory.endings.missed(symbol, openMs, reason);
      if (endsMs === undefined) continue;
      memory.market.end(symbol, endsMs);
      setup.told(`${symbols[symbol] ?? ''} has ended: what is held is closed at its last price`);
    }
    for (const { symbol, openMs, reason, text } of missed)
      // What has ended is told once; the log lists every bar.
      if (reason !== 'quarantined' && !((memory.market.table.endsMs?.[symbol] ?? NaN) <= openMs))
        setup.told(
          `missed ${reason === 'no-funding' ? 'funding of ' : ''}${symbols[symbol] ?? ''} ${formatMinuteUtc(openMs)}: ${text}`,
          {
            symbol: symbols[symbol] ?? '',
            fault: text,
          },
        );
  }
  tellCorrections(memory, corrections);
  noteLateFunding(memory, late);
  return settledMs;
}

/** Rates that are in the log as late. */
export function noteLateFunding(memory: FeedMemory, late: readonly LoggedFunding[]): void {
  const { symbols } = memory.head;
  memory.lateFunding.push(...late);
  for (const { symbol, timeMs, rate } of late)
    memory.setup.told(
      `funding came late and was not charged: ${symbols[symbol] ?? ''} ${formatMinuteUtc(timeMs)}, ${String(rate)}`,
      { symbol: symbols[symbol] ?? '' },
    );
}

function readingsOf({ pending, liquidations, barMs }: FeedMemory, openMs: TimeMs): SlotReading[] {
  const closeMs = openMs + barMs;
  return [...pending.take(openMs, closeMs), ...liquidations.take(openMs, closeMs)];
}

export function tellCorrections(memory: FeedMemory, corrections: readonly Correction[]): void {
  const { symbols } = memory.head;
  memory.corrected += corrections.length;
  for (const correction of corrections)
    memory.setup.told(correctionWords(memory, correction), { symbol: symbols[correction.symbol] ?? '' });
}

/** Rates in slots that were played before the first of these. */
function lateFundingOf(
  memory: FeedMemory,
  answers: readonly SymbolAnswer[],
  firstMs: TimeMs,
): LoggedFunding[] {
  const { market, setup } = memory;
  const fromMs = Math.max(setup.fromMs, market.table.openTimesMs[0] ?? Infinity);
  return answers.flatMap(({ funding }, symbol) => {
    if (market.table.funding[symbol] === undefined) return [];
    const lastMs = knownFundingTimes(memory, symbol).at(-1) ?? -Infinity;
    return funding
      .filter(({ timeMs }) => timeMs >= fromMs && timeMs > lastMs && timeMs < firstMs)
      .map(({ timeMs, rate }) => ({ symbol, timeMs, rate }));
  });
}

function correctionWords(
  { market, head, setup }: FeedMemory,
  { symbol, openMs, kind, bar }: Correction,
): string {
  const what = `${head.symbols[symbol] ?? ''} ${formatMinuteUtc(openMs)}`;
  if (kind === 'late')
    return `came late: ${what}${openMs < setup.fromMs ? '' : ', its round was played without it'}`;
  const played = market.table.candles[symbol]?.close[firstIndexAtOrAfter(market.table, openMs)] ?? NaN;
  const change = played === bar.close ? 'with the same close' : `closes at ${String(bar.close)}`;
  return `was revised: ${what}, played at ${String(played)}, ${change}`;
}

/** New rates in [open, close) of a slot. */
function fundingOf(
  { market, barMs }: FeedMemory,
  answers: readonly SymbolAnswer[],
  openMs: TimeMs,
): LoggedFunding[] {
  return answers.flatMap(({ funding }, symbol) => {
    const series = market.table.funding[symbol];
    if (series === undefined) return [];
    const lastMs = series.timesMs.at(-1) ?? -Infinity;
    return funding
      .filter(({ timeMs }) => timeMs >= openMs && timeMs < openMs + barMs && timeMs > lastMs)
      .map(({ timeMs, rate }) => ({ symbol, timeMs, rate }));
  });
}
