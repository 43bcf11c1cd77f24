/** What was noticed while a reply was read: `kind` and the names for programs, `says` for people. */
export interface ReplyNote {
  readonly kind: NoteKind;
  readonly says: string;
  readonly coin?: string;
  /** The field's name in the reply format. */
  readonly field?: string;
  readonly why?: RejectionReason;
}

export type NoteKind =
  /** The block was not JSON as it stood. */
  | 'repaired'
  /** A word or a number was understood although it is written in another way. */
  | 'coerced'
  /** A field that is null in the signal, and why. */
  | 'rejected'
  /** An entry that gives no signal. */
  | 'dropped'
  /** An earlier signal for the same coin in the same block. */
  | 'replaced'
  /** A block that was not used because of another one. */
  | 'passed-over'
  /** The block has no end. */
  | 'cut';

export type RejectionReason =
  | 'missing'
  | 'null'
  | 'not-a-number'
  | 'not-a-text'
  /** Infinite, or too small to be told from zero. */
  | 'out-of-range'
  /** Said twice, differently. */
  | 'contradictory';

const LONGEST_QUOTE = 40;

/** A piece of the reply for a note. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text);
}
