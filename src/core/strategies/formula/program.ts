import type { FeatureSpec } from '../../indicators/feature-columns.js';
import { type Compiled, compileExpression } from './compile-expression.js';
import { type Expression, type Numeric, type Truth, visitExpression, writeExpression } from './expression.js';
import { parseNumeric, parseTruth } from './parse-expression.js';
import { featureWarmupBars } from './read-feature.js';
import { mayHold } from './satisfiable.js';
import { FormulaError } from './source.js';
import type { Reading } from './translate.js';

/** The texts of a formula contestant. */
export interface FormulaTexts {
  readonly entry?: string | undefined;
  readonly exit?: string | undefined;
  readonly shortEntry?: string | undefined;
  readonly shortExit?: string | undefined;
  readonly stop?: string | undefined;
  readonly target?: string | undefined;
  readonly size?: string | undefined;
  readonly risk?: string | undefined;
  readonly constants: Readonly<Record<string, number>>;
}
export type FormulaKey = Exclude<keyof FormulaTexts, 'constants'>;

/** One condition of a rule, both sides apart, for people. */
export interface CompiledClause {
  readonly text: string;
  readonly left: Compiled;
  readonly right: Compiled;
  readonly holds: Compiled;
}

export interface CompiledRule {
  readonly holds: Compiled;
  readonly clauses: readonly CompiledClause[];
}

export interface CompiledSide {
  readonly entry: CompiledRule;
  /** Absent: only protection and time close it. */
  readonly exit: CompiledRule | undefined;
}

export interface Program {
  readonly features: readonly FeatureSpec[];
  readonly warmupBars: number;
  readonly long: CompiledSide | undefined;
  readonly short: CompiledSide | undefined;
  readonly stop: Compiled | undefined;
  readonly target: Compiled | undefined;
  readonly size: Compiled | undefined;
  readonly risk: Compiled | undefined;
}

/** A mistake in one of the texts. */
export class TextError extends Error {
  readonly key: FormulaKey;
  readonly error: FormulaError;

  constructor(key: FormulaKey, error: FormulaError) {
    super(error.message);
    this.name = 'TextError';
    this.key = key;
    this.error = error;
  }
}

/** Reads, checks and compiles all texts. Throws a TextError for the first mistake. */
export function compileProgram(texts: FormulaTexts): Program {
  const entries: Reading = { position: false, constants: texts.constants };
  const exits: Reading = { position: true, constants: texts.constants };
  const truth = (key: FormulaKey, reading: Reading): Truth | undefined =>
    read(texts, key, (source) => parseTruth(source, reading));
  const number = (key: FormulaKey): Numeric | undefined =>
    read(texts, key, (source) => parseNumeric(source, entries));

  const entry = truth('entry', entries);
  const exit = truth('exit', exits);
  const shortEntry = truth('shortEntry', entries);
  const shortExit = truth('shortExit', exits);
  checkEntry('entry', entry, exit);
  checkEntry('shortEntry', shortEntry, shortExit);
  const sizes = {
    stop: number('stop'),
    target: number('target'),
    size: number('size'),
    risk: number('risk'),
  };

  const features = new Map<string, FeatureSpec>();
  let warmupBars = 1;
  for (const e of [entry, exit, shortEntry, shortExit, ...Object.values(sizes)])
    if (e !== undefined)
      visitExpression(e, (part) => {
        if (part.is === 'price') warmupBars = Math.max(warmupBars, part.ago + 1);
        if (part.is !== 'feature') return;
        features.set(part.text, part.spec);
        warmupBars = Math.max(warmupBars, featureWarmupBars(part.spec) + part.ago);
      });
  const order = [...features.keys()];
  const compile = (e: Expression): Compiled => compileExpression(e, (feature) => order.indexOf(feature.text));
  const rule = (e: Truth): CompiledRule => ({
    holds: compile(e),
    clauses: clausesOf(e).map((clause) => ({
      text: writeExpression(clause),
      left: clause.is === 'compare' ? compile(clause.left) : compile(clause),
      right: clause.is === 'compare' ? compile(clause.right) : () => NaN,
      holds: compile(clause),
    })),
  });
  const side = (enter: Truth | undefined, leave: Truth | undefined): CompiledSide | undefined =>
    enter === undefined
      ? undefined
      : { entry: rule(enter), exit: leave === undefined ? undefined : rule(leave) };
  const optional = (e: Numeric | undefined): Compiled | undefined =>
    e === undefined ? undefined : compile(e);
  return {
    features: [...features.values()],
    warmupBars,
    long: side(entry, exit),
    short: side(shortEntry, shortExit),
    stop: optional(sizes.stop),
    target: optional(sizes.target),
    size: optional(sizes.size),
    risk: optional(sizes.risk),
  };
}

function read<T>(texts: FormulaTexts, key: FormulaKey, parse: (source: string) => T): T | undefined {
  const source = texts[key];
  if (source === undefined) return undefined;
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof FormulaError) throw new TextError(key, error);
    throw error;
  }
}

/**
 * No rule may be closed by the very snapshot that opened it. Where both hold at once the entry waits; where
 * the entry cannot hold without the exit it is a mistake, and said before the start.
 */
function checkEntry(key: FormulaKey, entry: Truth | undefined, exit: Truth | undefined): void {
  if (entry === undefined) return;
  if (!mayHold(entry)) throw new TextError(key, new FormulaError('this can never be true', 0));
  if (exit === undefined) return;
  if (!mayHold({ is: 'and', left: entry, right: { is: 'not', of: exit } }))
    throw new TextError(
      key,
      new FormulaError(
        'whenever this is true, the exit is true as well: a position would be closed on the next bar',
        0,
        `the exit is: ${writeExpression(exit)}`,
      ),
    );
}

/** The conditions that are joined by and, or and not. */
function clausesOf(e: Truth): Truth[] {
  if (e.is === 'and' || e.is === 'or') return [...clausesOf(e.left), ...clausesOf(e.right)];
  return e.is === 'not' && e.of.is !== 'compare' ? clausesOf(e.of) : [e];
}
