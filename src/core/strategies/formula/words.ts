/** The words of a formula, and what to say about one that is not among them. */
import { nearest } from '../../domain/nearest.js';
import { INDICATORS } from '../../indicators/catalog.js';
import { CROSSES, FUNCTIONS, OTHER_READINGS, POSITION_READINGS, PRICES } from './expression.js';
import { FormulaError } from './source.js';

/** Indicators as a formula writes them: `volume_ratio` for `volume-ratio`. */
export const INDICATOR_WORDS: readonly string[] = Object.keys(INDICATORS).map((name) =>
  name.replaceAll('-', '_'),
);

export const READING_WORDS: readonly string[] = [...PRICES, ...OTHER_READINGS, ...POSITION_READINGS];

/** Every word that has a meaning already. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...READING_WORDS,
  ...INDICATOR_WORDS,
  ...Object.keys(FUNCTIONS),
  ...CROSSES,
  ...[
    'and',
    'or',
    'not',
    'mod',
    'xor',
    'to',
    'in',
    'true',
    'false',
    'NaN',
    'Infinity',
    'null',
    'undefined',
    'end',
  ],
]);

/** Whether it is an indicator's name, as a formula writes it. */
export function isIndicatorWord(word: string): boolean {
  return INDICATOR_WORDS.includes(word);
}

export function unknownName(name: string, at: number, known: readonly string[]): FormulaError {
  return new FormulaError(
    `there is nothing called "${name}"`,
    at,
    `did you mean "${nearest(name, known)}"? Known are ${known.join(', ')}.`,
  );
}
