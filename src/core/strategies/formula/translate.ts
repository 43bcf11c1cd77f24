/** From the tree that mathjs reads to our own, node by node; what has no translation is refused by name and place. */
import {
  type Arithmetic,
  type Comparison,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  type Numeric,
  OTHER_READINGS,
  type OtherReading,
  POSITION_READINGS,
  type PositionReading,
  PRICES,
  type Price,
  type Truth,
  CROSSES,
  isTruth,
  shiftNumeric,
  shiftTruth,
} from './expression.js';
import { readFeature } from './read-feature.js';
import { FormulaError, leafOffsets } from './source.js';
import { INDICATOR_WORDS, READING_WORDS, isIndicatorWord, unknownName } from './words.js';

const MAX_NODES = 300;
const MAX_DEPTH = 40;
/** How far back `close[n]` may look. */
const MAX_AGO = 500;

/** What we read of a mathjs node; every other field of it stays untouched. */
export interface Node {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly op?: string;
  readonly implicit?: boolean;
  readonly isPercentage?: boolean;
  readonly args?: readonly Node[];
  readonly fn?: Node | string;
  readonly object?: Node;
  readonly index?: Node;
  readonly dimensions?: readonly Node[];
  readonly dotNotation?: boolean;
  readonly content?: Node;
  readonly condition?: Node;
  readonly trueExpr?: Node;
  readonly falseExpr?: Node;
  readonly conditionals?: readonly string[];
  readonly params?: readonly Node[];
}

export interface Reading {
  /** Whether the position's own readings may be used: they are unknown before there is one. */
  readonly position: boolean;
  /** Numbers with names of the user's own. */
  readonly constants: Readonly<Record<string, number>>;
}

/** The tree of a formula's text as our own. Throws a FormulaError for the first part that cannot be one. */
export function translate(tree: Node, source: string, reading: Reading): Expression {
  return new Translation(leafOffsets(source), reading).translate(tree, 0);
}

/** Walks the tree in the order of the text, so that the n-th leaf stands at the n-th leaf's offset. */
class Translation {
  private leaf = 0;
  private nodes = 0;

  private readonly offsets: readonly number[];
  private readonly reading: Reading;

  constructor(offsets: readonly number[], reading: Reading) {
    this.offsets = offsets;
    this.reading = reading;
  }

  translate(node: Node, depth: number): Expression {
    const at = this.here();
    if (depth > MAX_DEPTH) throw new FormulaError(`nested deeper than ${String(MAX_DEPTH)}`, at);
    if (++this.nodes > MAX_NODES) throw new FormulaError(`more than ${String(MAX_NODES)} parts`, at);
    switch (node.type) {
      case 'ParenthesisNode':
        return this.translate(part(node.content), depth + 1);
      case 'ConstantNode':
        return this.constant(node);
      case 'SymbolNode':
        return this.symbol(node.name ?? '');
      case 'OperatorNode':
        return this.operator(node, depth);
      case 'RelationalNode':
        return this.chain(node, depth);
      case 'ConditionalNode':
        return this.choice(node, depth);
      case 'FunctionNode':
        return this.call(node, depth);
      case 'AccessorNode':
        return this.access(node, depth);
      default:
        throw new FormulaError(`${NODE_WORDS[node.type] ?? 'this'} has no place in a formula`, at);
    }
  }

  private here(): number {
    return this.offsets[Math.min(this.leaf, this.offsets.length - 1)] ?? 0;
  }

  private numeric(node: Node | undefined, depth: number): Numeric {
    const at = this.here();
    const e = this.translate(part(node), depth + 1);
    if (isTruth(e))
      throw new FormulaError('a number is expected here, this is a condition', at, 'condition ? 1 : 0');
    return e;
  }

  private truth(node: Node | undefined, depth: number): Truth {
    const at = this.here();
    const e = this.translate(part(node), depth + 1);
    if (!isTruth(e))
      throw new FormulaError(
        'a condition is expected here, this is a number',
        at,
        'compare it with something, e.g. rsi(14) < 30',
      );
    return e;
  }

  private constant(node: Node): Expression {
    const at = this.here();
    this.leaf++;
    if (typeof node.value === 'boolean') return { is: 'known', value: node.value };
    if (typeof node.value === 'number' && Number.isFinite(node.value))
      return { is: 'constant', value: node.value };
    throw new FormulaError('only finite numbers, true and false stand for themselves', at);
  }

  private symbol(name: string): Expression {
    const at = this.here();
    this.leaf++;
    const constant = Object.hasOwn(this.reading.constants, name) ? this.reading.constants[name] : undefined;
    if (constant !== undefined) return { is: 'constant', value: constant };
    if (isPrice(name)) return { is: 'price', name, ago: 0 };
    if (isOther(name)) return { is: 'other', name };
    if (isPosition(name)) {
      if (this.reading.position) return { is: 'position', name };
      throw new FormulaError(`"${name}" is known only while a position is held`, at, 'use it in an exit');
    }
    if (isIndicatorWord(name)) {
      // Without parentheses an indicator has its defaults: rsi is rsi(14).
      return readFeature(name, [], undefined, at);
    }
    throw unknownName(name, at, [
      ...READING_WORDS,
      ...INDICATOR_WORDS,
      ...Object.keys(this.reading.constants),
    ]);
  }

  private operator(node: Node, depth: number): Expression {
    const at = this.here();
    const [a, b] = node.args ?? [];
    if (node.implicit === true)
      throw new FormulaError('an operator is missing after this', at, 'write 2 * x, or: a and b');
    if (node.isPercentage === true) throw new FormulaError('write 0.05 instead of 5%', at);
    const op = node.op ?? '';
    switch (op) {
      case 'and':
      case 'or':
        return { is: op, left: this.truth(a, depth), right: this.truth(b, depth) };
      case 'not':
        return { is: 'not', of: this.truth(a, depth) };
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '==':
      case '!=':
        return { is: 'compare', op, left: this.numeric(a, depth), right: this.numeric(b, depth) };
      case '+':
      case '-':
      case '*':
      case '/':
      case '^':
      case '%':
      case 'mod':
        return this.arithmetic(op === 'mod' ? '%' : op, a, b, depth);
      default:
        throw new FormulaError(
          `the operator "${op}" has no place in a formula`,
          at,
          'there are + - * / % ^, < <= > >= == !=, and, or, not, a ? b : c',
        );
    }
  }

  private arithmetic(op: Arithmetic, a: Node | undefined, b: Node | undefined, depth: number): Numeric {
    const left = this.numeric(a, depth);
    if (b !== undefined) return { is: 'arithmetic', op, left, right: this.numeric(b, depth) };
    if (op === '+') return left;
    return left.is === 'constant' ? { is: 'constant', value: -left.value } : { is: 'negative', of: left };
  }

  /** `20 < rsi(14) < 30` */
  private chain(node: Node, depth: number): Truth {
    const parts = (node.params ?? []).map((inner) => this.numeric(inner, depth));
    const pairs = (node.conditionals ?? []).map((word, i): Truth => {
      const left = parts[i];
      const right = parts[i + 1];
      const op = CHAIN_WORDS[word];
      if (left === undefined || right === undefined || op === undefined)
        throw new FormulaError('this chain of comparisons cannot be read', this.here());
      return { is: 'compare', op, left, right };
    });
    return pairs.reduce((left, right) => ({ is: 'and', left, right }));
  }

  private choice(node: Node, depth: number): Expression {
    const when = this.truth(node.condition, depth);
    const at = this.here();
    const then = this.translate(part(node.trueExpr), depth + 1);
    const otherwise = this.translate(part(node.falseExpr), depth + 1);
    if (isTruth(then) && isTruth(otherwise)) {
      const yes: Truth = { is: 'and', left: when, right: then };
      return { is: 'or', left: yes, right: { is: 'and', left: { is: 'not', of: when }, right: otherwise } };
    }
    if (isTruth(then) || isTruth(otherwise))
      throw new FormulaError('both answers of a choice must be numbers, or both conditions', at);
    return { is: 'choice', when, then, otherwise };
  }

  private call(node: Node, depth: number): Expression {
    const at = this.here();
    const name = typeof node.fn === 'string' ? node.fn : (node.fn?.name ?? '');
    this.leaf++;
    if (isIndicatorWord(name)) return this.feature(name, node.args ?? [], undefined, at, depth);
    const args = (): Numeric[] => (node.args ?? []).map((inner) => this.numeric(inner, depth));
    if (name === 'crosses_above' || name === 'crosses_below') {
      const [left, right, more] = args();
      if (left === undefined || right === undefined || more !== undefined)
        throw new FormulaError(`${name} takes two numbers`, at, `${name}(ema(12), ema(26))`);
      return cross(name === 'crosses_above', left, right, at);
    }
    if (isFunction(name)) {
      const given = args();
      const count = FUNCTIONS[name];
      if (count === -1 ? given.length === 0 : given.length !== count)
        throw new FormulaError(
          `${name} takes ${count === -1 ? 'at least one number' : count === 1 ? 'one number' : String(count)}, got ${String(given.length)}`,
          at,
        );
      return { is: 'function', name, args: given };
    }
    throw unknownName(name, at, [...Object.keys(FUNCTIONS), ...CROSSES, ...INDICATOR_WORDS]);
  }

  private feature(
    name: string,
    args: readonly Node[],
    output: string | undefined,
    at: number,
    depth: number,
  ): Numeric {
    const numbers = args.map((inner) => {
      const place = this.here();
      const e = this.numeric(inner, depth);
      if (e.is === 'constant') return e.value;
      throw new FormulaError(`the parameters of ${name} must be plain numbers`, place);
    });
    return readFeature(name, numbers, output, at);
  }

  /** `bollinger(20, 2).upper` and `close[3]`. */
  private access(node: Node, depth: number): Expression {
    const at = this.here();
    const object = part(node.object);
    const [dimension, more] = node.index?.dimensions ?? [];
    if (node.index?.dotNotation === true) {
      const name = object.type === 'FunctionNode' ? nameOfCall(object) : (object.name ?? '');
      if (!isIndicatorWord(name))
        throw new FormulaError('only an indicator has outputs', at, 'e.g. bollinger(20, 2).upper');
      this.nodes++;
      this.leaf++;
      const args = object.type === 'FunctionNode' ? (object.args ?? []) : [];
      // The output's name follows the arguments in the text, and is the last leaf of this part.
      const wanted = String(dimension?.value);
      const feature = this.feature(name, args, wanted, at, depth);
      this.leaf++;
      return feature;
    }
    const inner = this.translate(object, depth + 1);
    const place = this.here();
    const bars = dimension === undefined || more !== undefined ? undefined : this.numeric(dimension, depth);
    if (bars?.is !== 'constant' || !Number.isInteger(bars.value) || bars.value < 0 || bars.value > MAX_AGO)
      throw new FormulaError(
        `[n] looks n bars back and takes a whole number from 0 to ${String(MAX_AGO)}`,
        place,
        'the future has no index',
      );
    return isTruth(inner)
      ? shiftTruth(inner, bars.value, hasNoPast(at))
      : shiftNumeric(inner, bars.value, hasNoPast(at));
  }
}

const NODE_WORDS: Readonly<Record<string, string>> = {
  AssignmentNode: 'an assignment ("=" instead of "=="?)',
  FunctionAssignmentNode: 'a definition of a function ("=" instead of "=="?)',
  BlockNode: 'a second statement',
  ArrayNode: 'a list',
  ObjectNode: 'an object',
  RangeNode: 'a range',
  IndexNode: 'an index',
};

const CHAIN_WORDS: Readonly<Record<string, Comparison>> = {
  smaller: '<',
  smallerEq: '<=',
  larger: '>',
  largerEq: '>=',
  equal: '==',
  unequal: '!=',
};

function isPrice(word: string): word is Price {
  return (PRICES as readonly string[]).includes(word);
}

function isOther(word: string): word is OtherReading {
  return (OTHER_READINGS as readonly string[]).includes(word);
}

function isPosition(word: string): word is PositionReading {
  return (POSITION_READINGS as readonly string[]).includes(word);
}

function isFunction(word: string): word is FunctionName {
  return Object.hasOwn(FUNCTIONS, word);
}

function nameOfCall(node: Node): string {
  return typeof node.fn === 'string' ? node.fn : (node.fn?.name ?? '');
}

function part(node: Node | undefined): Node {
  if (node === undefined) throw new FormulaError('a part is missing', 0);
  return node;
}

function hasNoPast(at: number): (name: string) => never {
  return (name) => {
    throw new FormulaError(`"${name}" has no past`, at, 'prices and indicators have');
  };
}

function cross(above: boolean, left: Numeric, right: Numeric, at: number): Truth {
  const before = (e: Numeric): Numeric => shiftNumeric(e, 1, hasNoPast(at));
  return {
    is: 'and',
    left: { is: 'compare', op: above ? '>' : '<', left, right },
    right: { is: 'compare', op: above ? '<=' : '>=', left: before(left), right: before(right) },
  };
}
