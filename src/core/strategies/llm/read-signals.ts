/**
 * Signals in what a block says. Forms: a table `{"BTC": {"trade_signal_args": {...}}}` or `{"BTC": {...}}`, a single signal, a
 * list of any of these, each also under one word like "decisions". A block that has none of them is data, not a decision.
 */
import { foldKey, membersByName } from './members-by-name.js';
import { readSignal } from './read-signal.js';
import { type ReplyNote, quoted } from './reply-note.js';
import { type ReplyArray, type ReplyObject, type ReplyValue, isContainer } from './reply-value.js';
import type { TradeSignal } from './trade-signal.js';

export type BlockReading =
  | {
      readonly kind: 'decision';
      /** One signal by itself: several of these in a row are one decision. */
      readonly single: boolean;
      /** In order, repeated coins included. */
      readonly signals: readonly TradeSignal[];
      readonly notes: readonly ReplyNote[];
    }
  /** An empty object or list: a decision to do nothing. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'other' };

/** Words under which a whole decision may stand. */
const WRAPPERS = new Set([
  'decisions',
  'signals',
  'trades',
  'tradingdecisions',
  'tradesignals',
  'tradedecisions',
]);

export function readSignals(block: ReplyObject | ReplyArray): BlockReading {
  if (isEmpty(block)) return { kind: 'empty' };
  const wrapped = insideWrapper(block);
  if (wrapped !== undefined && wrapped.kind !== 'other') return wrapped;
  const found: Found = { signals: [], notes: [], entries: 0 };
  const single = takeEntry('', block, found);
  if (block.kind === 'array') takeList(block, found);
  else if (!single) takeTable(block, found);
  if (found.entries === 0) return { kind: 'other' };
  return { kind: 'decision', single, signals: found.signals, notes: found.notes };
}

function insideWrapper(block: ReplyObject | ReplyArray): BlockReading | undefined {
  if (block.kind === 'array') return undefined;
  const wrapper = block.members.find((member) => WRAPPERS.has(foldKey(member.key)));
  if (wrapper === undefined || !isContainer(wrapper.value)) return undefined;
  const reading = readSignals(wrapper.value);
  return reading.kind === 'decision' ? { ...reading, single: false } : reading;
}

interface Found {
  readonly signals: TradeSignal[];
  readonly notes: ReplyNote[];
  /** Entries that were meant as a signal, whether they gave one or not. */
  entries: number;
}

function isEmpty(block: ReplyObject | ReplyArray): boolean {
  return block.whole && (block.kind === 'object' ? block.members.length : block.items.length) === 0;
}

function takeTable(table: ReplyObject, found: Found): void {
  const others = table.members.filter((member) => !takeEntry(member.key, member.value, found));
  if (found.entries === 0) return;
  for (const { key } of others)
    found.notes.push({ kind: 'dropped', says: `${quoted(key)} holds no signal and was left out` });
}

function takeList(list: ReplyArray, found: Found): void {
  for (const item of list.items)
    if (!takeEntry('', item, found) && item.kind === 'object') takeTable(item, found);
}

/** Takes one entry of a table or list; false when it does not look like a signal at all. */
function takeEntry(key: string, value: ReplyValue, found: Found): boolean {
  if (value.kind !== 'object') return false;
  const outer = membersByName(value);
  const nested = outer('trade_signal_args')?.value;
  const isNested = nested?.kind === 'object';
  const said = outer('signal')?.value;
  const saysWord = said !== undefined && !isContainer(said);
  // A coin alone is an entry where entries stand under keys; otherwise any record about a coin would be one.
  const namesCoin = key !== '' && outer('coin') !== undefined;
  if (!isNested && !saysWord && !namesCoin) return false;
  found.entries++;
  const args = isNested ? nested : value;
  const signal = readSignal(
    { key, fields: isNested ? membersByName(nested) : outer, whole: args.whole },
    found.notes,
  );
  if (signal !== undefined) found.signals.push(signal);
  return true;
}
