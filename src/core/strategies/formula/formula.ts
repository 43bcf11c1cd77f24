import { z } from 'zod';
import type { Intent, Size } from '../../domain/intent.js';
import { type Gauge, NO_INTENTS, type Observation, type Step, type StrategyKind } from '../strategy.js';
import type { Snapshot } from './compile-expression.js';
import { type CompiledRule, type CompiledSide, type Program, TextError, compileProgram } from './program.js';
import { describeFormulaError } from './source.js';
import { RESERVED_WORDS } from './words.js';

/** One text, or a list of lines. */
const text = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((lines) => (typeof lines === 'string' ? lines : lines.join('\n')));

const constants = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, 'a name is letters, digits and _'), z.number())
  .refine((own) => Object.keys(own).every((name) => !RESERVED_WORDS.has(name)), {
    message: 'a name that has a meaning already',
  });

const parameters = z
  .strictObject({
    name: z.string().min(1).max(40).default('formula').describe('what the board calls it'),
    entry: text.optional().describe('condition that opens a long position'),
    exit: text.optional().describe('condition that closes it; may use pnl and bars_held'),
    shortEntry: text.optional().describe('condition that opens a short position; needs perpetuals'),
    shortExit: text.optional().describe('condition that closes it'),
    stop: text.optional().describe('stop as a fraction of the fill price, e.g. 2 * atr(14) / close'),
    target: text.optional().describe('target as a fraction of the fill price'),
    size: text.optional().describe('weight in equity; 1 / symbols when absent'),
    risk: text.optional().describe('fraction of equity lost at the stop, instead of size'),
    leverage: z.number().min(1).max(100).default(1).describe('leverage of its positions'),
    maxHoldBars: z.int().min(1).optional().describe('close after this many bars'),
    constants: constants.default({}).describe('numbers with names, for use in all texts'),
  })
  .superRefine((p, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (p.entry === undefined && p.shortEntry === undefined) refuse('entry', 'nothing would ever open it');
    if (p.exit !== undefined && p.entry === undefined) refuse('exit', 'an exit without an entry');
    if (p.shortExit !== undefined && p.shortEntry === undefined)
      refuse('shortExit', 'an exit without an entry');
    const closes = p.stop !== undefined || p.target !== undefined || p.maxHoldBars !== undefined;
    if (!closes && p.entry !== undefined && p.exit === undefined) refuse('exit', NOTHING_CLOSES);
    if (!closes && p.shortEntry !== undefined && p.shortExit === undefined)
      refuse('shortExit', NOTHING_CLOSES);
    if (p.risk !== undefined && p.stop === undefined) refuse('risk', 'a risk needs a stop');
    if (p.risk !== undefined && p.size !== undefined) refuse('risk', 'give size or risk, not both');
    try {
      compileProgram(p);
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      refuse(error.key, describeFormulaError(p[error.key] ?? '', error.error));
    }
  });
type Params = z.infer<typeof parameters>;

const NOTHING_CLOSES = 'nothing would ever close it: give an exit, stop, target or maxHoldBars';

/** Sides that a protective exit closed stay closed until their entry has been false once: 1, -1, or 0. */
interface Memory {
  readonly locked: readonly number[];
}

const programs = new WeakMap<object, Program>();

/** Compiled once for every set of parameters, however many contestants and bars use it. */
function programOf(params: Params): Program {
  let program = programs.get(params);
  if (program === undefined) {
    program = compileProgram(params);
    programs.set(params, program);
  }
  return program;
}

/** Rules written as text: entries, exits, protection and size over indicators, prices and the position. */
export const formula: StrategyKind<Params, Memory> = {
  manifest: {
    kind: 'formula',
    version: 1,
    summary: 'entry, exit, stop, target and size as expressions',
    feeds: {},
    parameters,
    costClass: 'rule',
  },
  label: (p) => p.name,
  features: (p) => programOf(p).features,
  warmupBars: (p) => programOf(p).warmupBars,
  takesShorts: (p) => p.shortEntry !== undefined,
  begin: (_params, _seed, symbols) => ({ locked: symbols.map(() => 0) }),
  decide(o, memory): Step<Memory> {
    const program = programOf(o.params);
    const snapshot = snapshotOf(o);
    let locked = memory.locked;
    for (const exit of o.exits) locked = locked.with(exit.symbol, exit.side === 'long' ? 1 : -1);
    const intents: Intent[] = [];
    for (let symbol = 0; symbol < o.symbols.length; symbol++) {
      if (!o.market.hasBar(symbol)) continue;
      snapshot.symbol = symbol;
      snapshot.position = o.portfolio.position(symbol);
      const held = Math.sign(snapshot.position?.quantity ?? 0);
      const lock = locked[symbol] ?? 0;
      if (lock !== 0 && sideOf(program, lock)?.entry.holds(snapshot) === 0) locked = locked.with(symbol, 0);
      const wanted = wantedSide(program, snapshot, held, locked[symbol] ?? 0);
      const name = o.symbols[symbol] ?? '';
      if (held !== 0 && wanted !== held)
        intents.push({ kind: 'close', symbol: name, reason: wanted === 0 ? 'exit' : 'reversal' });
      if (wanted !== 0 && wanted !== held) {
        const open = openIntent(program, o.params, snapshot, name, wanted);
        if (open !== undefined) intents.push(open);
      }
    }
    return {
      intents: intents.length === 0 ? NO_INTENTS : intents,
      ...(locked === memory.locked ? {} : { memory: { locked } }),
      why: { code: intents.length === 0 ? 'hold' : 'act' },
    };
  },
  explain(o, memory) {
    const program = programOf(o.params);
    const snapshot = snapshotOf(o);
    return o.symbols.flatMap((name, symbol) => {
      snapshot.symbol = symbol;
      snapshot.position = o.portfolio.position(symbol);
      const held = Math.sign(snapshot.position?.quantity ?? 0);
      const sides = held === 0 ? [1, -1] : [held];
      return sides.flatMap((side) => {
        const rules = sideOf(program, side);
        const word = side === 1 ? 'long' : 'short';
        if (rules === undefined) return [];
        const lock = memory.locked[symbol] === side ? ' (locked after a protective exit)' : '';
        return held === 0
          ? gauges(rules.entry, name, `enter ${word}${lock}`, snapshot)
          : gauges(rules.exit, name, `leave ${word}`, snapshot);
      });
    });
  },
};

function snapshotOf(o: Observation<Params>): Snapshot {
  return {
    features: o.features,
    market: o.market,
    portfolio: o.portfolio,
    position: undefined,
    symbol: 0,
    symbols: o.symbols.length,
    nowMs: o.nowMs,
  };
}

function sideOf(program: Program, side: number): CompiledSide | undefined {
  return side === 1 ? program.long : program.short;
}

/** Where the symbol should stand: an entry of the other side replaces, an exit leaves, the unknown changes nothing. */
function wantedSide(program: Program, snapshot: Snapshot, held: number, lock: number): number {
  const { position } = snapshot;
  // An entry is judged as if nothing were held: a held position is of the other side.
  snapshot.position = undefined;
  for (const side of [1, -1]) {
    if (side === held || side === lock) continue;
    const rules = sideOf(program, side);
    if (rules?.entry.holds(snapshot) === 1 && rules.exit?.holds(snapshot) !== 1) return side;
  }
  snapshot.position = position;
  return held !== 0 && sideOf(program, held)?.exit?.holds(snapshot) === 1 ? 0 : held;
}

/** Undefined while a stop, target or size cannot be known: no position without its protection. */
function openIntent(
  program: Program,
  params: Params,
  snapshot: Snapshot,
  symbol: string,
  side: number,
): Intent | undefined {
  const stop = program.stop?.(snapshot);
  const target = program.target?.(snapshot);
  const amount = (program.risk ?? program.size)?.(snapshot) ?? 1 / snapshot.symbols;
  for (const value of [stop, target, amount])
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) return undefined;
  const size: Size = program.risk === undefined ? { weight: amount } : { riskFraction: amount };
  return {
    kind: 'open',
    symbol,
    side: side === 1 ? 'long' : 'short',
    reason: 'entry',
    size,
    ...(params.leverage === 1 ? {} : { leverage: params.leverage }),
    ...(stop === undefined ? {} : { stop: { fraction: stop } }),
    ...(target === undefined ? {} : { target: { fraction: target } }),
    ...(params.maxHoldBars === undefined ? {} : { maxHoldBars: params.maxHoldBars }),
  };
}

function gauges(
  rule: CompiledRule | undefined,
  symbol: string,
  purpose: string,
  snapshot: Snapshot,
): readonly Gauge[] {
  return (rule?.clauses ?? []).map((clause) => {
    const holds = clause.holds(snapshot);
    return {
      symbol,
      rule: purpose,
      text: clause.text,
      value: clause.left(snapshot),
      threshold: clause.right(snapshot),
      holds: Number.isNaN(holds) ? undefined : holds === 1,
    };
  });
}
