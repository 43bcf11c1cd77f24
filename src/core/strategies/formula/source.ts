/** Longest formula, in characters. */
export const MAX_SOURCE_LENGTH = 2_000;

/** A mistake in a formula: what is wrong, where (offset into the text), and what to do about it. */
export class FormulaError extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.name = 'FormulaError';
    this.offset = offset;
    this.hint = hint;
  }
}

/** One place of a text, both counted from 1. */
export function placeOf(source: string, offset: number): { line: number; column: number; text: string } {
  const before = source.slice(0, offset).split('\n');
  const line = before.length;
  return {
    line,
    column: (before.at(-1)?.length ?? 0) + 1,
    text: source.split('\n')[line - 1] ?? '',
  };
}

/** The message for people: where, what, the line, and a mark below the place. */
export function describeFormulaError(source: string, error: FormulaError): string {
  const { line, column, text } = placeOf(source, error.offset);
  return [
    `line ${String(line)}, column ${String(column)}: ${error.message}`,
    `    ${text}`,
    `    ${' '.repeat(column - 1)}^`,
    ...(error.hint === undefined ? [] : [`    ${error.hint}`]),
  ].join('\n');
}

const TOKEN = /[A-Za-z_]\w*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[^\s\w]/g;
/** Words that are operators, not names. */
const OPERATOR_WORDS = new Set(['and', 'or', 'not']);

/** Offsets of the names and numbers of a formula, in order: the leaves of its tree. */
export function leafOffsets(source: string): number[] {
  const offsets: number[] = [];
  for (const match of source.matchAll(TOKEN)) {
    const token = match[0];
    if (/^[A-Za-z_\d.]/.test(token) && token !== '.' && !OPERATOR_WORDS.has(token)) offsets.push(match.index);
  }
  return offsets;
}
