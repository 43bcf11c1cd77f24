/**
 * Can a condition ever hold? A proof, not a sample: the condition is split into alternatives of linear
 * inequalities over its terms, and each alternative is decided by Fourier-Motzkin elimination (Dantzig &
 * Eaves 1973). A term that is not linear stands for any number, so "never" is said only when it is certain.
 */
import type { Comparison, Numeric, Truth } from './expression.js';
import { writeExpression } from './expression.js';

/** sum of `terms` <= bound, or < bound when strict. */
interface Inequality {
  readonly terms: ReadonlyMap<string, number>;
  readonly bound: number;
  readonly strict: boolean;
}

type Alternatives = readonly (readonly Inequality[])[];

const MAX_ALTERNATIVES = 512;
const MAX_INEQUALITIES = 3_000;
/** A contradiction by less than this is rounding. */
const SLACK = 1e-9;

/** Raised inside when the condition is too large to decide; nobody outside sees it. */
class TooLarge extends Error {}

/** False only when no values of its terms make the condition true. */
export function mayHold(condition: Truth): boolean {
  try {
    const facts = new Map<string, readonly Inequality[]>();
    const alternatives = split(condition, true, facts);
    const known = [...facts.values()].flat();
    return alternatives.some((inequalities) => isFeasible([...inequalities, ...known]));
  } catch (error) {
    if (error instanceof TooLarge) return true;
    throw error;
  }
}

type Facts = Map<string, readonly Inequality[]>;

/** The condition (or its opposite) as alternatives of inequalities. */
function split(e: Truth, wanted: boolean, facts: Facts): Alternatives {
  switch (e.is) {
    case 'known':
      return e.value === wanted ? [[]] : [];
    case 'not':
      return split(e.of, !wanted, facts);
    case 'and':
    case 'or': {
      const left = split(e.left, wanted, facts);
      const right = split(e.right, wanted, facts);
      if ((e.is === 'or') === wanted) return limited([...left, ...right]);
      if (left.length * right.length > MAX_ALTERNATIVES) throw new TooLarge();
      return left.flatMap((a) => right.map((b) => [...a, ...b]));
    }
    case 'compare': {
      const difference = plus(linear(e.left, facts), linear(e.right, facts), -1);
      return inequalitiesOf(wanted ? e.op : OPPOSITE[e.op], difference);
    }
  }
}

const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

function limited(alternatives: Alternatives): Alternatives {
  if (alternatives.length > MAX_ALTERNATIVES) throw new TooLarge();
  return alternatives;
}

interface Linear {
  readonly terms: ReadonlyMap<string, number>;
  readonly constant: number;
}

function inequalitiesOf(op: Comparison, difference: Linear): Alternatives {
  const below = (strict: boolean): Inequality => ({
    terms: difference.terms,
    bound: -difference.constant,
    strict,
  });
  const above = (strict: boolean): Inequality => ({
    terms: new Map([...difference.terms].map(([name, c]) => [name, -c])),
    bound: difference.constant,
    strict,
  });
  switch (op) {
    case '<':
      return [[below(true)]];
    case '<=':
      return [[below(false)]];
    case '>':
      return [[above(true)]];
    case '>=':
      return [[above(false)]];
    case '==':
      return [[below(false), above(false)]];
    case '!=':
      return [[below(true)], [above(true)]];
  }
}

function linear(e: Numeric, facts: Facts): Linear {
  switch (e.is) {
    case 'constant':
      return { terms: new Map(), constant: e.value };
    case 'negative':
      return plus(ZERO, linear(e.of, facts), -1);
    case 'arithmetic': {
      const left = linear(e.left, facts);
      const right = linear(e.right, facts);
      if (e.op === '+') return plus(left, right, 1);
      if (e.op === '-') return plus(left, right, -1);
      if (e.op === '*' && left.terms.size === 0) return plus(ZERO, right, left.constant);
      if (e.op === '*' && right.terms.size === 0) return plus(ZERO, left, right.constant);
      if (e.op === '/' && right.terms.size === 0 && right.constant !== 0)
        return plus(ZERO, left, 1 / right.constant);
      return term(e, facts);
    }
    case 'price':
    case 'feature':
    case 'position':
    case 'other':
    case 'function':
    case 'choice':
      return term(e, facts);
  }
}

const ZERO: Linear = { terms: new Map(), constant: 0 };

function plus(a: Linear, b: Linear, factor: number): Linear {
  const terms = new Map(a.terms);
  for (const [name, c] of b.terms) {
    const sum = (terms.get(name) ?? 0) + factor * c;
    if (sum === 0) terms.delete(name);
    else terms.set(name, sum);
  }
  return { terms, constant: a.constant + factor * b.constant };
}

function term(e: Numeric, facts: Facts): Linear {
  // One bar after an entry nothing is known but this: the position is one bar old and has not moved.
  if (e.is === 'position' && e.name === 'pnl') return ZERO;
  if (e.is === 'position' && e.name === 'bars_held') return { terms: new Map(), constant: 1 };
  const name = writeExpression(e);
  if (!facts.has(name)) facts.set(name, factsAbout(e, name));
  return { terms: new Map([[name, 1]]), constant: 0 };
}

/** What is true of a term whatever the market does. */
function factsAbout(e: Numeric, name: string): readonly Inequality[] {
  const least = (value: number): Inequality => ({
    terms: new Map([[name, -1]]),
    bound: -value,
    strict: false,
  });
  const most = (value: number): Inequality => ({ terms: new Map([[name, 1]]), bound: value, strict: false });
  const order = (lower: string, upper: string): Inequality => ({
    terms: new Map([
      [lower, 1],
      [upper, -1],
    ]),
    bound: 0,
    strict: false,
  });
  if (e.is === 'price') {
    const at = e.ago === 0 ? '' : `[${String(e.ago)}]`;
    if (e.name === 'high')
      return [order(`open${at}`, name), order(`close${at}`, name), order(`low${at}`, name), least(0)];
    if (e.name === 'low') return [order(name, `open${at}`), order(name, `close${at}`), least(0)];
    return [least(0)];
  }
  if (e.is === 'other' && e.name === 'hour_utc') return [least(0), most(23)];
  if (e.is === 'other' && e.name === 'weekday_utc') return [least(1), most(7)];
  if (e.is !== 'feature') return [];
  const { indicator, output = '' } = e.spec;
  if (PERCENT_INDICATORS.has(indicator)) return [least(0), most(100)];
  if (!CHANNELS.has(indicator)) return [];
  const past = e.ago === 0 ? '' : `[${String(e.ago)}]`;
  const call = e.text.replace(/\.\w+$/, '');
  const named = (of: string): string => `${call}.${of}${past}`;
  switch (output) {
    case 'upper':
      return [order(named('middle'), name), order(named('lower'), name)];
    case 'middle':
      return [order(name, named('upper')), order(named('lower'), name)];
    case 'lower':
      return [order(name, named('middle')), order(name, named('upper'))];
    case 'priorUpper':
      return [order(named('priorLower'), name)];
    case 'priorLower':
      return [order(name, named('priorUpper'))];
    default:
      return [];
  }
}

const PERCENT_INDICATORS = new Set(['rsi', 'stochastic', 'adx']);
const CHANNELS = new Set(['bollinger', 'donchian']);

/** Fourier-Motzkin: eliminates one term after the other; what remains are inequalities between numbers. */
function isFeasible(start: readonly Inequality[]): boolean {
  let inequalities = start;
  for (;;) {
    const next = inequalities
      .find((one) => one.terms.size > 0)
      ?.terms.keys()
      .next().value;
    if (next === undefined) break;
    inequalities = eliminate(inequalities, next);
  }
  return inequalities.every(({ bound, strict }) => (strict ? bound > SLACK : bound >= -SLACK));
}

function eliminate(inequalities: readonly Inequality[], name: string): Inequality[] {
  const kept = inequalities.filter((one) => !one.terms.has(name));
  const upper = inequalities.filter((one) => (one.terms.get(name) ?? 0) > 0);
  const lower = inequalities.filter((one) => (one.terms.get(name) ?? 0) < 0);
  if (kept.length + upper.length * lower.length > MAX_INEQUALITIES) throw new TooLarge();
  for (const a of upper)
    for (const b of lower) {
      const x = 1 / (a.terms.get(name) ?? 1);
      const y = -1 / (b.terms.get(name) ?? 1);
      const sum = plus(plus(ZERO, { terms: a.terms, constant: 0 }, x), { terms: b.terms, constant: 0 }, y);
      const terms = new Map([...sum.terms].filter(([other, c]) => other !== name && Math.abs(c) > SLACK));
      kept.push({ terms, bound: a.bound * x + b.bound * y, strict: a.strict || b.strict });
    }
  return kept;
}
