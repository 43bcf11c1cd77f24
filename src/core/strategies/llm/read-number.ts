import { asciiForms } from './reply-cursor.js';
import type { RejectionReason } from './reply-note.js';
import { type ReplyValue, isContainer } from './reply-value.js';

/** `multiple` may end in x ("10x"), `usd` may begin with $. */
export type NumberForm = 'plain' | 'multiple' | 'usd';

export type NumberReading =
  | { readonly kind: 'number'; readonly value: number; readonly coerced: boolean }
  | { readonly kind: 'rejected'; readonly why: RejectionReason };

/** A number longer than this is none. */
const MAX_NUMBER_CHARS = 40;

/** JSON's numbers, with a leading plus or point besides. 007 is not 7: it may have been 0.07. */
const PLAIN = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Commas between full groups of three, as in 1,150.5; "0,75" and "1,15" could mean two things and are left alone. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;

const NULLS = new Set(['null', 'None', 'undefined']);

/** Reads the number that stands there, or says why there is none. It never takes a part of what stands there. */
export function readNumber(value: ReplyValue, form: NumberForm): NumberReading {
  if (isContainer(value) || (value.kind === 'text' && value.spelled))
    return { kind: 'rejected', why: 'not-a-number' };
  const said = value.kind === 'bare' ? value.text : asciiForms(value.text.trim());
  if (value.kind === 'bare' && NULLS.has(said)) return { kind: 'rejected', why: 'null' };
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(said)) return { kind: 'rejected', why: 'out-of-range' };
  const text = withoutUnit(said, form);
  const grouped = GROUPED.test(text);
  if (text.length > MAX_NUMBER_CHARS || !(grouped || PLAIN.test(text)))
    return { kind: 'rejected', why: 'not-a-number' };
  const number = Number(text.replaceAll(',', ''));
  const vanished = number === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? '');
  if (!Number.isFinite(number) || vanished) return { kind: 'rejected', why: 'out-of-range' };
  // Adding zero turns -0 into 0.
  return { kind: 'number', value: number + 0, coerced: value.kind === 'text' || text !== said || grouped };
}

function withoutUnit(text: string, form: NumberForm): string {
  if (form === 'multiple') return text.replace(/(?<=\d)\s?[xX\u00d7]$/, '');
  if (form === 'usd') return text.replace(/^\$(?=[\d.])/, '');
  return text;
}
