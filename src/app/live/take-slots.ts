import { type TimeMs, formatMinuteUtc } from '../../core/domain/time.js';
import type { Correction, LoggedFunding, SettledSlot } from '../../ports/market-log.js';
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
    missed: openMs < fromMs ? [] : missed,
  }));
  const late = lateFundingOf(memory, answers, slots[0]?.openMs ?? -Infinity);
  log.append(slots, corrections, late);
  memory.lateFunding.push(...late);
  for (const { bars, funding, missed } of slots) {
    memory.market.append(bars);
    for (const { symbol, timeMs, rate } of funding) memory.market.addFunding(symbol, timeMs, rate);
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
  for (const { symbol, timeMs, rate } of late)
    setup.told(
      `funding came late and was not charged: ${symbols[symbol] ?? ''} ${formatMinuteUtc(timeMs)}, ${String(rate)}`,
      { symbol: symbols[symbol] ?? '' },
    );
  return settledMs;
}

export function tellCorrections(memory: FeedMemory, corrections: readonly Correction[]): void {
  const { symbols } = memory.head;
  memory.corrected += corrections.length;
  for (const { symbol, openMs, kind } of corrections)
    memory.setup.told(
      `${kind === 'late' ? 'came late' : 'was revised'}: ${symbols[symbol] ?? ''} ${formatMinuteUtc(openMs)}`,
      { symbol: symbols[symbol] ?? '' },
    );
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
