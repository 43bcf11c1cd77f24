import { type ParsedReply, parseReply } from '../core/strategies/llm/parse-reply.js';
import type { TradeSignal } from '../core/strategies/llm/trade-signal.js';

/** A reply that a model once gave, and the signals that are in it. */
export interface RecordedReply {
  readonly text: string;
  readonly expected: readonly TradeSignal[];
}

export interface JudgedReplies {
  readonly replies: number;
  readonly signals: number;
  /** Read as recorded, in every field. */
  readonly reproduced: number;
  /** Recorded, and not read so. */
  readonly missing: number;
  /** Read, and not recorded so. */
  readonly wrong: number;
  readonly unusable: Readonly<Record<string, number>>;
  readonly differing: readonly DifferingReply[];
}

export interface DifferingReply {
  readonly index: number;
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
  readonly parsed: ParsedReply;
}

const MOST_DIFFERING = 10;

/** Reads recorded replies and compares with the signals recorded beside them. */
export function judgeReplies(replies: readonly RecordedReply[]): JudgedReplies {
  let signals = 0;
  let reproduced = 0;
  let missing = 0;
  let wrong = 0;
  const unusable: Record<string, number> = {};
  const differing: DifferingReply[] = [];
  for (const [index, { text, expected }] of replies.entries()) {
    const parsed = parseReply(text);
    if (parsed.kind === 'unusable') unusable[parsed.class] = (unusable[parsed.class] ?? 0) + 1;
    const read = parsed.kind === 'signals' ? parsed.signals.map(inOneLine) : [];
    const left = expected.map(inOneLine);
    const notRecorded = read.filter((signal) => {
      const at = left.indexOf(signal);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    signals += read.length;
    reproduced += expected.length - left.length;
    missing += left.length;
    wrong += notRecorded.length;
    if (left.length + notRecorded.length > 0 && differing.length < MOST_DIFFERING)
      differing.push({ index, missing: left, wrong: notRecorded, parsed });
  }
  return { replies: replies.length, signals, reproduced, missing, wrong, unusable, differing };
}

/** Everything but the reason of a close, which the records do not hold. */
function inOneLine(signal: TradeSignal): string {
  const { coin, quantity, leverage, profitTarget, stopLoss, confidence, riskUsd, invalidation } = signal;
  const figures = { quantity, leverage, profitTarget, stopLoss, confidence, riskUsd, invalidation };
  return `${coin} ${signal.signal} ${JSON.stringify(figures)}`;
}
