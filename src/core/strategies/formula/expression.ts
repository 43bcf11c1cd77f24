/**
 * What a formula is once it has been read: numbers and truths over closed bars, indicators and the position.
 * Truth is 1, falsehood 0, and unknown is NaN (a warm-up, a missing bar): it passes through `not`, so that a
 * rule never fires on what it cannot see.
 */
import type { FeatureSpec } from '../../indicators/feature-columns.js';

export const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;
/** Known while a position is held. */
export const POSITION_READINGS = ['pnl', 'bars_held', 'entry_price', 'weight'] as const;
export const OTHER_READINGS = ['equity', 'cash', 'symbols', 'hour_utc', 'weekday_utc'] as const;
/** The number of arguments that each function takes; -1 for one or more. */
export const FUNCTIONS = {
  abs: 1,
  sqrt: 1,
  log: 1,
  exp: 1,
  floor: 1,
  round: 1,
  sign: 1,
  min: -1,
  max: -1,
} as const;
/** Truths about two numbers, now and one bar ago. */
export const CROSSES = ['crosses_above', 'crosses_below'] as const;

export type Price = (typeof PRICES)[number];
export type PositionReading = (typeof POSITION_READINGS)[number];
export type OtherReading = (typeof OTHER_READINGS)[number];
export type FunctionName = keyof typeof FUNCTIONS;
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^';
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

export type Numeric =
  | { readonly is: 'constant'; readonly value: number }
  | { readonly is: 'price'; readonly name: Price; readonly ago: number }
  | { readonly is: 'feature'; readonly spec: FeatureSpec; readonly text: string; readonly ago: number }
  | { readonly is: 'position'; readonly name: PositionReading }
  | { readonly is: 'other'; readonly name: OtherReading }
  | { readonly is: 'negative'; readonly of: Numeric }
  | { readonly is: 'arithmetic'; readonly op: Arithmetic; readonly left: Numeric; readonly right: Numeric }
  | { readonly is: 'function'; readonly name: FunctionName; readonly args: readonly Numeric[] }
  | { readonly is: 'choice'; readonly when: Truth; readonly then: Numeric; readonly otherwise: Numeric };

export type Truth =
  | { readonly is: 'known'; readonly value: boolean }
  | { readonly is: 'compare'; readonly op: Comparison; readonly left: Numeric; readonly right: Numeric }
  | { readonly is: 'and' | 'or'; readonly left: Truth; readonly right: Truth }
  | { readonly is: 'not'; readonly of: Truth };

export type Expression = Numeric | Truth;

export function isTruth(e: Expression): e is Truth {
  return e.is === 'known' || e.is === 'compare' || e.is === 'and' || e.is === 'or' || e.is === 'not';
}

/** The expression as it was `bars` bars earlier. Readings without a past are refused by `refuse`. */
export function shiftTruth(e: Truth, bars: number, refuse: (name: string) => never): Truth {
  switch (e.is) {
    case 'known':
      return e;
    case 'compare':
      return { ...e, left: shiftNumeric(e.left, bars, refuse), right: shiftNumeric(e.right, bars, refuse) };
    case 'and':
    case 'or':
      return { ...e, left: shiftTruth(e.left, bars, refuse), right: shiftTruth(e.right, bars, refuse) };
    case 'not':
      return { is: 'not', of: shiftTruth(e.of, bars, refuse) };
  }
}

export function shiftNumeric(e: Numeric, bars: number, refuse: (name: string) => never): Numeric {
  const shift = (inner: Numeric): Numeric => shiftNumeric(inner, bars, refuse);
  switch (e.is) {
    case 'constant':
      return e;
    case 'price':
    case 'feature':
      return { ...e, ago: e.ago + bars };
    case 'position':
    case 'other':
      return refuse(e.name);
    case 'negative':
      return { is: 'negative', of: shift(e.of) };
    case 'arithmetic':
      return { ...e, left: shift(e.left), right: shift(e.right) };
    case 'function':
      return { ...e, args: e.args.map(shift) };
    case 'choice':
      return {
        is: 'choice',
        when: shiftTruth(e.when, bars, refuse),
        then: shift(e.then),
        otherwise: shift(e.otherwise),
      };
  }
}

/** Calls `visit` for the expression and everything in it. */
export function visitExpression(e: Expression, visit: (inner: Expression) => void): void {
  visit(e);
  for (const inner of partsOf(e)) visitExpression(inner, visit);
}

function partsOf(e: Expression): readonly Expression[] {
  switch (e.is) {
    case 'negative':
    case 'not':
      return [e.of];
    case 'arithmetic':
    case 'compare':
    case 'and':
    case 'or':
      return [e.left, e.right];
    case 'function':
      return e.args;
    case 'choice':
      return [e.when, e.then, e.otherwise];
    case 'constant':
    case 'known':
    case 'price':
    case 'feature':
    case 'position':
    case 'other':
      return [];
  }
}

/** For people, and as the name of a term in the load-time check: `rsi(14)[1] < 30`. */
export function writeExpression(e: Expression): string {
  switch (e.is) {
    case 'constant':
      return String(e.value);
    case 'known':
      return String(e.value);
    case 'price':
      return `${e.name}${past(e.ago)}`;
    case 'feature':
      return `${e.text}${past(e.ago)}`;
    case 'position':
    case 'other':
      return e.name;
    case 'negative':
      return `-${inner(e.of)}`;
    case 'arithmetic':
    case 'compare':
      return `${inner(e.left)} ${e.op} ${inner(e.right)}`;
    case 'and':
    case 'or':
      return `${inner(e.left)} ${e.is} ${inner(e.right)}`;
    case 'not':
      return `not ${inner(e.of)}`;
    case 'function':
      return `${e.name}(${e.args.map(writeExpression).join(', ')})`;
    case 'choice':
      return `${inner(e.when)} ? ${inner(e.then)} : ${inner(e.otherwise)}`;
  }
}

function past(ago: number): string {
  return ago === 0 ? '' : `[${String(ago)}]`;
}

function inner(e: Expression): string {
  const isSimple =
    e.is === 'constant' ||
    e.is === 'known' ||
    e.is === 'price' ||
    e.is === 'feature' ||
    e.is === 'position' ||
    e.is === 'other' ||
    e.is === 'function';
  return isSimple ? writeExpression(e) : `(${writeExpression(e)})`;
}
