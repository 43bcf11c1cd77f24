import type { SlotBar } from '../../core/domain/growing-market.js';
import { type TimeMs, formatMinuteUtc } from '../../core/domain/time.js';
import { DOUBT_RETURNS, believeBar } from '../../core/feed/second-opinion.js';
import { settleBar } from '../../core/feed/settle-bar.js';
import type { Correction, MissedBar } from '../../ports/market-log.js';
import { type FeedMemory, nextOpenMs, venueNow } from './feed-memory.js';
import { fundingDueIn, knownFundingTimes } from './funding-rhythm.js';
import { correctionKey } from './find-corrections.js';
import { type SymbolAnswer, slotBarOf } from './symbol-answers.js';

/** A slot of which every symbol is settled. */
export interface DraftSlot {
  readonly openMs: TimeMs;
  readonly bars: (SlotBar | undefined)[];
  readonly missed: MissedBar[];
}

export interface Drafted {
  readonly drafts: readonly DraftSlot[];
  /** Symbols of the first slot that is not settled for which an answer could decide now. */
  readonly open: readonly number[];
  /** When the rules decide about that slot at the latest; Infinity when all are settled. */
  readonly untilMs: TimeMs;
}

/** Slots from the next one on, as far as all symbols are settled; `sinceMs`: since when they are asked for. */
export function draftSlots(
  memory: FeedMemory,
  answers: readonly SymbolAnswer[],
  slots: number,
  sinceMs: TimeMs,
): Drafted {
  const { settle } = memory.setup;
  const nowMs = venueNow(memory);
  const drafts: DraftSlot[] = [];
  for (let k = 0; k < slots; k++) {
    const openMs = nextOpenMs(memory) + k * memory.barMs;
    const closeMs = openMs + memory.barMs;
    const othersAnswer = answers.some(({ askedMs }) => (askedMs ?? -Infinity) >= closeMs + settle.settleMs);
    const draft: DraftSlot = { openMs, bars: [], missed: [] };
    const open: number[] = [];
    let untilMs = Infinity;
    answers.forEach((answer, symbol) => {
      const lacksMs = lacksFunding(memory, answer, symbol, openMs);
      const outcome = settleBar(
        {
          closeMs,
          askedMs: answer.askedMs,
          bar: slotBarOf(answer.bars.get(openMs)),
          lacksFunding: lacksMs === undefined ? undefined : answer.isFundingOpen ? 'unanswered' : 'not-told',
          followed: answer.newestOpenMs > openMs,
          sinceMs: Math.max(sinceMs, closeMs),
          status: memory.statuses[symbol] ?? 'trading',
          fault: answer.fault,
        },
        nowMs,
        settle,
        othersAnswer,
      );
      draft.bars.push(outcome.state === 'has' ? outcome.bar : undefined);
      if (outcome.state === 'missed')
        draft.missed.push({ openMs, symbol, reason: outcome.reason, text: outcome.text });
      if (outcome.state === 'has' && lacksMs !== undefined)
        draft.missed.push({
          openMs,
          symbol,
          reason: 'no-funding',
          text: `the venue told no funding of ${formatMinuteUtc(lacksMs)}, and none was charged`,
        });
      if (outcome.state !== 'waiting') return;
      untilMs = Math.min(untilMs, outcome.untilMs);
      if (outcome.worthAsking || nowMs >= outcome.untilMs) open.push(symbol);
    });
    if (untilMs < Infinity) return { drafts, open, untilMs };
    drafts.push(draft);
  }
  return { drafts, open: [], untilMs: Infinity };
}

/** When in a slot a rate is due that no answer has. */
function lacksFunding(
  memory: FeedMemory,
  { funding }: SymbolAnswer,
  symbol: number,
  openMs: TimeMs,
): TimeMs | undefined {
  if (memory.market.table.funding[symbol] === undefined) return undefined;
  const closeMs = openMs + memory.barMs;
  if (funding.some(({ timeMs }) => timeMs >= openMs && timeMs < closeMs)) return undefined;
  const known = knownFundingTimes(memory, symbol);
  const last = known.at(-1) ?? -Infinity;
  const told = funding.map(({ timeMs }) => timeMs).filter((timeMs) => timeMs > last && timeMs < openMs);
  return fundingDueIn([...known, ...told], openMs, closeMs);
}

/** Takes out of the drafts what is not believed; returns bars that were not believed before and now are. */
export function doubtDrafts(
  memory: FeedMemory,
  drafts: readonly DraftSlot[],
  opinions: ReadonlyMap<number, SymbolAnswer>,
): Correction[] {
  return memory.head.symbols.flatMap((name, symbol) => {
    const restored: Correction[] = [];
    const closes = newestCloses(memory, symbol);
    for (const draft of drafts) {
      const bar = draft.bars[symbol];
      if (bar === undefined) continue;
      if (draft.openMs >= memory.setup.fromMs) {
        const before = memory.doubted.get(correctionKey(draft.openMs - memory.barMs, symbol));
        const second = finalBar(memory, opinions.get(symbol), draft.openMs);
        const belief = believeBar({ bar, closes, disbelieved: before?.bar, second }, memory.setup.doubt);
        if (!belief.believed) {
          disbelieve(memory, draft, { symbol, bar, text: belief.text });
          memory.setup.told(`${name} ${formatMinuteUtc(draft.openMs)} is not believed: ${belief.text}`, {
            symbol: name,
            fault: belief.text,
          });
          continue;
        }
        if (belief.restores && before?.bar !== undefined) restored.push(restore(memory, before, before.bar));
      }
      closes.push(bar.close);
      if (closes.length > DOUBT_RETURNS + 1) closes.shift();
    }
    return restored;
  });
}

function disbelieve(
  { doubted }: FeedMemory,
  { openMs, bars, missed }: DraftSlot,
  { symbol, bar, text }: { readonly symbol: number; readonly bar: SlotBar; readonly text: string },
): void {
  const miss: MissedBar = { openMs, symbol, reason: 'quarantined', text, bar };
  bars[symbol] = undefined;
  const without = missed.findIndex((one) => one.symbol === symbol);
  // One reason for each bar.
  if (without >= 0) missed.splice(without, 1);
  missed.push(miss);
  doubted.set(correctionKey(openMs, symbol), miss);
}

function restore(memory: FeedMemory, { openMs, symbol }: MissedBar, bar: SlotBar): Correction {
  memory.known.set(correctionKey(openMs, symbol), bar);
  return { openMs, symbol, kind: 'late', bar, receivedMs: venueNow(memory) };
}

/** A bar that may still change is no opinion. */
function finalBar(
  { barMs, setup }: FeedMemory,
  answer: SymbolAnswer | undefined,
  openMs: TimeMs,
): SlotBar | undefined {
  const isFinal = (answer?.askedMs ?? -Infinity) >= openMs + barMs + setup.settle.settleMs;
  return isFinal ? slotBarOf(answer?.bars.get(openMs)) : undefined;
}

function newestCloses({ market }: FeedMemory, symbol: number): number[] {
  const column = market.table.candles[symbol]?.close;
  const closes: number[] = [];
  for (let t = market.table.length - 1; t >= 0 && closes.length <= DOUBT_RETURNS; t--) {
    const close = column?.[t] ?? NaN;
    if (!Number.isNaN(close)) closes.push(close);
  }
  return closes.reverse();
}
