import type { Seed } from '../core/domain/rng.js';
import { parseReply } from '../core/strategies/llm/parse-reply.js';
import { mutateReply } from './mutate-reply.js';
import { brokenReplyLaw } from './reply-laws.js';

export interface ParserTally {
  replies: number;
  /** How many were read as what: signals, no-action, or a class of the unusable. */
  readonly readAs: Record<string, number>;
  readonly broken: BrokenReply[];
  brokenCount: number;
  parseMs: number;
}

export interface BrokenReply {
  readonly number: number;
  readonly what: string;
}

const MOST_BROKEN_TOLD = 10;

export function newParserTally(): ParserTally {
  return { replies: 0, readAs: {}, broken: [], brokenCount: 0, parseMs: 0 };
}

/** Damages reply number `number`, reads it, and holds it against the laws. */
export function soakReply(
  tally: ParserTally,
  replies: readonly string[],
  seed: Seed,
  number: number,
  nowMs: () => number,
): void {
  const reply = mutateReply(replies, seed, number);
  tally.replies++;
  const startMs = nowMs();
  const what = readWithLaws(reply, (kind) => {
    tally.parseMs += nowMs() - startMs;
    tally.readAs[kind] = (tally.readAs[kind] ?? 0) + 1;
  });
  if (what === undefined) return;
  tally.brokenCount++;
  if (tally.broken.length < MOST_BROKEN_TOLD) tally.broken.push({ number, what });
}

/** Throwing is what the soak looks for, so it is caught here and told. */
function readWithLaws(reply: string, read: (kind: string) => void): string | undefined {
  try {
    const parsed = parseReply(reply);
    read(parsed.kind === 'unusable' ? parsed.class : parsed.kind);
    return brokenReplyLaw(reply, parsed);
  } catch (error) {
    return `threw ${error instanceof Error ? error.message : String(error)}`;
  }
}

const LONG_REPLY_CHARS = 100_000;
const REPETITIONS = 5;

/** Milliseconds for a reply of 100,000 characters made of damaged ones; the best of five, without the machine's other work. */
export function timeLongReply(
  replies: readonly string[],
  seed: Seed,
  number: number,
  nowMs: () => number,
): number {
  let reply = '';
  for (let k = 0; reply.length < LONG_REPLY_CHARS; k++)
    reply += `${mutateReply(replies, seed, number * LONG_REPLY_CHARS + k)}\n`;
  reply = reply.slice(0, LONG_REPLY_CHARS);
  let bestMs = Number.MAX_VALUE;
  for (let k = 0; k < REPETITIONS; k++) {
    const startMs = nowMs();
    parseReply(reply);
    bestMs = Math.min(bestMs, nowMs() - startMs);
  }
  return bestMs;
}
