/**
 * Language models answer in prose with JSON in it, more or less. This folder reads such a reply into signals without
 * guessing: what is written in another way is understood and noted, what cannot be read is null with a named rejection,
 * and a reply without a decision is unusable with a class, never a silent "hold".
 */
import { MAX_BLOCKS, findBlocks } from './find-blocks.js';
import { type Decision, joinDecisions } from './join-decisions.js';
import { decisionsAt, reasoningText } from './reasoning-text.js';
import type { ReplyNote } from './reply-note.js';
import type { TradeSignal } from './trade-signal.js';

export type ParsedReply =
  | {
      readonly kind: 'signals';
      readonly signals: readonly TradeSignal[];
      readonly notes: readonly ReplyNote[];
      readonly reasoning: string;
    }
  /** A valid decision to do nothing. */
  | { readonly kind: 'no-action'; readonly notes: readonly ReplyNote[]; readonly reasoning: string }
  | {
      readonly kind: 'unusable';
      readonly class: UnusableClass;
      /** In words that a model can be asked again with. */
      readonly why: string;
      readonly notes: readonly ReplyNote[];
      readonly reasoning: string;
    };

export type UnusableClass =
  /** Nothing at all: a failed call. */
  | 'empty'
  /** More characters or blocks than a reply can mean. */
  | 'too_long'
  | 'no_json'
  | 'malformed_json'
  /** The reply ends before its first signal does. */
  | 'truncated'
  /** JSON, but no signal in it. */
  | 'no_signals';

/** Far beyond what a model is allowed to say; a limit for work and memory. */
const MAX_REPLY_CHARS = 1_000_000;

/** Reads a model's reply. Of several decisions the last one that can be read counts, and the notes say so. */
export function parseReply(text: string): ParsedReply {
  const refuse = (kind: UnusableClass, why: string, notes: readonly ReplyNote[] = []): ParsedReply => ({
    kind: 'unusable',
    class: kind,
    why,
    notes,
    reasoning: kind === 'too_long' ? '' : reasoningText(text, undefined),
  });
  if (text.trim() === '') return refuse('empty', 'the reply is empty');
  if (text.length > MAX_REPLY_CHARS)
    return refuse('too_long', `the reply is longer than ${String(MAX_REPLY_CHARS)} characters`);

  const { blocks, proseBraces } = findBlocks(text);
  if (blocks.length > MAX_BLOCKS)
    return refuse('too_long', `the reply holds more than ${String(MAX_BLOCKS)} blocks of JSON`);
  const from = decisionsAt(text) ?? 0;
  const all = joinDecisions(text, blocks);
  const drafts = all.filter((decision) => decision.startAt < from);
  const decisions = all.filter((decision) => decision.startAt >= from);
  const counted = decisions.findLast((decision) => decision.kind !== 'unusable');
  const reasoned = passedOver(drafts, 'in the reasoning');
  if (counted !== undefined) {
    const index = decisions.indexOf(counted);
    const notes = [
      ...counted.notes,
      ...reasoned,
      ...passedOver(decisions.slice(0, index), 'the last decision that can be read counts'),
      ...passedOver(decisions.slice(index + 1), 'without a signal that can be read'),
    ];
    const reasoning = reasoningText(text, counted.startAt);
    return counted.kind === 'no-action'
      ? { kind: 'no-action', notes, reasoning }
      : { kind: 'signals', signals: counted.signals, notes, reasoning };
  }

  const notes = [...decisions.flatMap((decision) => decision.notes), ...reasoned];
  if (decisions.at(-1)?.cut === true)
    return refuse('truncated', 'the JSON ends before its first signal does', notes);
  if (blocks.some((block) => block.startAt >= from))
    return refuse('no_signals', 'there is JSON, but no signal in it that can be read', notes);
  if (proseBraces > 0)
    return refuse('malformed_json', 'a brace opens, but what follows cannot be read as JSON', notes);
  const where = drafts.length > 0 ? 'behind the heading of the decisions' : 'in the reply';
  return refuse('no_json', `there is no JSON ${where}`, notes);
}

const MOST_COINS_NAMED = 10;

function passedOver(decisions: readonly Decision[], why: string): ReplyNote[] {
  if (decisions.length === 0) return [];
  const coins = [...new Set(decisions.flatMap(({ signals }) => signals.map(({ coin }) => coin)))];
  const named = coins.length === 0 ? '' : ` (${coins.slice(0, MOST_COINS_NAMED).join(', ')})`;
  const blocks = decisions.length === 1 ? 'another block' : `${String(decisions.length)} other blocks`;
  return [{ kind: 'passed-over', says: `${blocks}${named} not used: ${why}` }];
}
