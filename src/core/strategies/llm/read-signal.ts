import type { MembersByName } from './members-by-name.js';
import { type NumberForm, readNumber } from './read-number.js';
import { type RejectionReason, type ReplyNote, quoted } from './reply-note.js';
import { isContainer } from './reply-value.js';
import type { SignalWord, TradeSignal } from './trade-signal.js';

/** Words of the format and those that mean the same in formats near to it. */
const SIGNAL_WORDS: ReadonlyMap<string, SignalWord> = new Map([
  ['buy', 'buy'],
  ['long', 'buy'],
  ['open_long', 'buy'],
  ['enter_long', 'buy'],
  ['buy_to_enter', 'buy'],
  ['sell', 'sell'],
  ['short', 'sell'],
  ['open_short', 'sell'],
  ['enter_short', 'sell'],
  ['sell_to_enter', 'sell'],
  ['hold', 'hold'],
  ['close_position', 'close_position'],
  ['close', 'close_position'],
  ['exit', 'close_position'],
  ['exit_position', 'close_position'],
]);

const NUMBERS = {
  quantity: 'plain',
  leverage: 'multiple',
  profit_target: 'usd',
  stop_loss: 'usd',
  confidence: 'plain',
  risk_usd: 'usd',
} as const satisfies Record<string, NumberForm>;
type NumberField = keyof typeof NUMBERS;

const REQUIRED = ['coin', 'signal', ...Object.keys(NUMBERS), 'invalidation_condition'];

const COIN = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,29}$/;
/** A key that can stand for a coin which the entry itself does not name. */
const COIN_KEY = /^[A-Z0-9]{2,12}(?:[-/][A-Z0-9]{2,8})?$/;

/** What a table or list says about one coin. */
export interface SignalEntry {
  /** What it stands under in a table, empty in a list. */
  readonly key: string;
  readonly fields: MembersByName;
  /** False when it was cut off or could not be read to its end. */
  readonly whole: boolean;
}

/** Reads one entry; undefined when coin or word cannot be read, or when it was cut off before all was said. */
export function readSignal(entry: SignalEntry, notes: ReplyNote[]): TradeSignal | undefined {
  const coin = readCoin(entry, notes);
  if (coin === undefined) {
    const where = entry.key === '' ? 'a signal' : quoted(entry.key);
    notes.push({ kind: 'dropped', says: `${where} names no coin that can be read` });
    return undefined;
  }
  const signal = readWord(coin, entry.fields, notes);
  if (signal === undefined) return undefined;
  // What was cut away may have been a stop, or a quantity.
  if (!entry.whole && REQUIRED.some((field) => entry.fields(field) === undefined)) {
    notes.push({ kind: 'dropped', coin, says: `${coin}: the ${signal} was cut off before all was said` });
    return undefined;
  }
  const read: Reading = { coin, signal, fields: entry.fields, notes };
  const closeReason = entry.fields('close_reason')?.value;
  return {
    coin,
    signal,
    quantity: readFigure(read, 'quantity'),
    leverage: readFigure(read, 'leverage'),
    profitTarget: readFigure(read, 'profit_target'),
    stopLoss: readFigure(read, 'stop_loss'),
    confidence: readFigure(read, 'confidence'),
    riskUsd: readFigure(read, 'risk_usd'),
    invalidation: readWords(read, 'invalidation_condition'),
    ...(closeReason?.kind === 'text' ? { closeReason: closeReason.text } : {}),
  };
}

interface Reading {
  readonly coin: string;
  readonly signal: SignalWord;
  readonly fields: MembersByName;
  readonly notes: ReplyNote[];
}

function readFigure(read: Reading, field: NumberField): number | null {
  const found = read.fields(field);
  if (found === undefined) return reject(read, field, 'missing');
  if (found.contradictory) return reject(read, field, 'contradictory');
  const reading = readNumber(found.value, NUMBERS[field]);
  const said = isContainer(found.value) ? undefined : found.value.text;
  if (reading.kind === 'rejected') return reject(read, field, reading.why, said);
  if (reading.coerced)
    read.notes.push({
      kind: 'coerced',
      coin: read.coin,
      field,
      says: `${read.coin}: ${field} ${quoted(said ?? '')} was read as ${String(reading.value)}`,
    });
  return reading.value;
}

function readWords(read: Reading, field: string): string | null {
  const found = read.fields(field);
  if (found === undefined) return reject(read, field, 'missing');
  if (found.contradictory) return reject(read, field, 'contradictory');
  if (found.value.kind === 'text') return found.value.text;
  if (found.value.kind !== 'bare') return reject(read, field, 'not-a-text');
  return found.value.text === 'null'
    ? reject(read, field, 'null')
    : reject(read, field, 'not-a-text', found.value.text);
}

function reject(read: Reading, field: string, why: RejectionReason, said?: string): null {
  const { coin, signal } = read;
  // A close needs only the coin; but a quantity that cannot be read may have meant a part.
  if (signal === 'close_position' && (why === 'missing' || why === 'null')) return null;
  const words = said === undefined || why === 'null' ? why : `${why} (${quoted(said)})`;
  read.notes.push({ kind: 'rejected', coin, field, why, says: `${coin}: ${field} is ${words}` });
  return null;
}

/** The entry's own coin; its key stands in when it names none. In upper case. */
function readCoin({ key, fields }: SignalEntry, notes: ReplyNote[]): string | undefined {
  const found = fields('coin');
  const note = (coin: string, says: string): void => {
    notes.push({ kind: 'coerced', coin, field: 'coin', says });
  };
  if (found === undefined) {
    if (!COIN_KEY.test(key)) return undefined;
    note(key, `${key}: the coin is its key`);
    return key;
  }
  if (found.contradictory || isContainer(found.value)) return undefined;
  if (found.value.kind === 'text' && found.value.spelled) return undefined;
  const said = found.value.text.trim();
  if (!COIN.test(said) || said.toLowerCase() === 'null') return undefined;
  const coin = said.toUpperCase();
  if (coin !== said) note(coin, `${coin}: the coin is written ${quoted(said)}`);
  if (key !== '' && key.trim().toUpperCase() !== coin) note(coin, `${coin} stands under ${quoted(key)}`);
  return coin;
}

function readWord(coin: string, fields: MembersByName, notes: ReplyNote[]): SignalWord | undefined {
  const found = fields('signal');
  const said = found === undefined || isContainer(found.value) ? undefined : found.value.text;
  if (found === undefined || found.contradictory || said === undefined) {
    const why =
      found?.contradictory === true ? 'the signal is said twice, differently' : 'no signal is given';
    notes.push({ kind: 'dropped', coin, says: `${coin}: ${why}` });
    return undefined;
  }
  const word = SIGNAL_WORDS.get(foldWord(said));
  if (word === undefined)
    notes.push({ kind: 'dropped', coin, says: `${coin}: the signal ${quoted(said)} is no known word` });
  else if (word !== said)
    notes.push({
      kind: 'coerced',
      coin,
      field: 'signal',
      says: `${coin}: the signal ${quoted(said)} was read as ${word}`,
    });
  return word;
}

/** "Close Position" and "close-position" are close_position. */
function foldWord(word: string): string {
  const plain = word.trim().toLowerCase().replaceAll('\\', '');
  return plain.replace(/[\s-]+/g, '_');
}
