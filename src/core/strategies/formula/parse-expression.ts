/**
 * Reads a formula with the parser of mathjs, and with nothing else of it: no function of mathjs is ever
 * called on a user's behalf. The tree is translated node by node into our own; what has no translation
 * (assignments, blocks, strings, matrices, ranges, units) is refused by name and place.
 */
import { create, parseDependencies } from 'mathjs/number';
import { type Expression, type Numeric, type Truth, isTruth } from './expression.js';
import { FormulaError, MAX_SOURCE_LENGTH } from './source.js';
import { type Node, type Reading, translate } from './translate.js';

const math = create(parseDependencies ?? {}, {});

export function parseTruth(source: string, reading: Reading): Truth {
  const expression = parseExpression(source, reading);
  if (isTruth(expression)) return expression;
  throw new FormulaError(
    'a condition is expected here, this is a number',
    0,
    'compare it with something, e.g. rsi(14) < 30',
  );
}

export function parseNumeric(source: string, reading: Reading): Numeric {
  const expression = parseExpression(source, reading);
  if (!isTruth(expression)) return expression;
  throw new FormulaError('a number is expected here, this is a condition', 0, 'condition ? number : number');
}

export function parseExpression(source: string, reading: Reading): Expression {
  if (source.length > MAX_SOURCE_LENGTH)
    throw new FormulaError(`longer than ${String(MAX_SOURCE_LENGTH)} characters`, MAX_SOURCE_LENGTH);
  const foreign = /["'`#;{}:\\]|[^\x20-\x7e\s]/.exec(source);
  // A colon belongs to "a ? b : c" only; ranges are told apart below.
  if (foreign !== null && foreign[0] !== ':')
    throw new FormulaError(`${JSON.stringify(foreign[0])} has no meaning in a formula`, foreign.index);
  if (source.trim() === '') throw new FormulaError('the formula is empty', 0);
  let tree: Node;
  try {
    // A line break would begin a new statement; offsets stay the same.
    tree = math.parse(source.replaceAll(/\s/g, ' '));
  } catch (error) {
    const at = (error as { char?: unknown }).char;
    const offset = typeof at === 'number' ? Math.min(at - 1, source.length) : 0;
    const what = (error instanceof Error ? error.message : 'cannot be read').replace(/ \(char \d+\)$/, '');
    throw new FormulaError(what.charAt(0).toLowerCase() + what.slice(1), offset);
  }
  return translate(tree, source, reading);
}
