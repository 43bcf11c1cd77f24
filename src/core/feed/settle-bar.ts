/** When a symbol's bar of a slot is final, and when a round does without it. Times are the venue's. */
import type { SlotBar } from '../domain/growing-market.js';
import { type TimeMs, formatMinuteUtc } from '../domain/time.js';

export interface SettleRules {
  /** No bar is asked for earlier than this after its close. */
  readonly settleMs: number;
  /** After this a bar counts as closed also when no later one has been seen. */
  readonly confirmMs: number;
  /** After this a bar that the venue does not have is missing. */
  readonly missingMs: number;
  /** So long a venue that does not answer for one symbol keeps the others waiting. */
  readonly patienceMs: number;
}

export const DEFAULT_SETTLE_RULES: SettleRules = {
  settleMs: 2_000,
  confirmMs: 15_000,
  missingMs: 60_000,
  patienceMs: 300_000,
};

/** What is known of one symbol in one slot. */
export interface BarKnowledge {
  readonly closeMs: TimeMs;
  /** When the newest answer was asked for; undefined while there is none since the close. */
  readonly askedMs: TimeMs | undefined;
  /** The slot's bar in that answer. */
  readonly bar: SlotBar | undefined;
  /** Funding is due in the slot, and the venue told none, or did not answer. */
  readonly lacksFunding?: 'not-told' | 'unanswered' | undefined;
  /** A later bar was in it too. */
  readonly followed: boolean;
  /** Since when answers for this slot are asked for. */
  readonly sinceMs: TimeMs;
  readonly status: 'trading' | 'halted' | 'delisted';
  /** The newest failure, in words. */
  readonly fault: string | undefined;
}

export type BarOutcome =
  | { readonly state: 'has'; readonly bar: SlotBar }
  | {
      readonly state: 'missed';
      readonly reason: 'no-bar' | 'unanswered' | 'halted' | 'delisted';
      readonly text: string;
    }
  /** At `untilMs` the rules decide; `worthAsking`: an answer before that could, too. */
  | { readonly state: 'waiting'; readonly untilMs: TimeMs; readonly worthAsking: boolean };

/**
 * A bar is final when it was asked for after its close and the settle delay, and a later bar confirms that it is closed, or enough
 * time has passed (a quiet symbol has no later bar yet). `othersAnswer`: the venue answers for other symbols.
 */
export function settleBar(
  known: BarKnowledge,
  nowMs: TimeMs,
  rules: SettleRules,
  othersAnswer: boolean,
): BarOutcome {
  const { closeMs, askedMs, bar, followed, sinceMs, status } = known;
  const asked = askedMs !== undefined && askedMs >= closeMs + rules.settleMs ? askedMs : undefined;
  if (asked === undefined) {
    const untilMs = sinceMs + rules.patienceMs;
    if (othersAnswer && nowMs >= untilMs)
      return {
        state: 'missed',
        reason: 'unanswered',
        text: known.fault ?? 'no answer',
      };
    const isClosed = nowMs >= closeMs + rules.settleMs;
    return isClosed
      ? { state: 'waiting', untilMs, worthAsking: true }
      : { state: 'waiting', untilMs: closeMs + rules.settleMs, worthAsking: false };
  }
  const sure = followed || asked >= closeMs + rules.confirmMs;
  const dueMs = closeMs + rules.missingMs;
  if (bar !== undefined && sure && known.lacksFunding !== undefined) {
    const isOpen = known.lacksFunding === 'unanswered';
    const untilMs = isOpen ? sinceMs + rules.patienceMs : dueMs;
    if ((isOpen ? nowMs : asked) < untilMs) return { state: 'waiting', untilMs, worthAsking: true };
  }
  if (bar !== undefined)
    return sure
      ? { state: 'has', bar }
      : { state: 'waiting', untilMs: closeMs + rules.confirmMs, worthAsking: false };
  if (status === 'delisted')
    return { state: 'missed', reason: 'delisted', text: 'the venue does not trade it any more' };
  if (status === 'halted' && sure) return { state: 'missed', reason: 'halted', text: 'trading is halted' };
  // A later bar without this one may come first where bars are late.
  if (asked >= dueMs)
    return {
      state: 'missed',
      reason: 'no-bar',
      text: `the venue had no bar that closed at ${formatMinuteUtc(closeMs)}`,
    };
  return { state: 'waiting', untilMs: dueMs, worthAsking: true };
}
