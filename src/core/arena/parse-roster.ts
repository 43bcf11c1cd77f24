import { z } from 'zod';
import { Problem } from '../domain/problem.js';
import { TIMEFRAMES, type Timeframe, timeframeMs } from '../domain/time.js';
import { nearest } from '../domain/nearest.js';
import { breakerRulesSchema } from '../risk/breakers.js';
import { type AuditSubject, auditKind } from '../session/audit-kind.js';
import type { Kinds } from '../strategies/catalog.js';
import type { StrategyKind } from '../strategies/strategy.js';
import type { ContestantManifest, Role, TrainingOrigin } from './contestant.js';
import { trainingOriginSchema } from './training-origin-schema.js';

/**
 * One entry of a contestant file. `grid` and `seeds` make one contestant per combination; `symbols: "each"`
 * makes one per symbol of the market, `"majors"` names its BTC and ETH, or its first two.
 */
const entrySchema = z.strictObject({
  title: z.string().min(1).max(60).optional(),
  kind: z.string(),
  params: z.record(z.string(), z.unknown()).optional(),
  grid: z.record(z.string(), z.array(z.unknown()).min(1)).optional(),
  symbols: z.union([z.enum(['all', 'each', 'majors']), z.array(z.string()).min(1)]).default('all'),
  timeframe: z.enum(TIMEFRAMES).optional(),
  breakers: breakerRulesSchema.optional(),
  seed: z.int().min(0).max(4294967295).optional(),
  seeds: z.array(z.int().min(0).max(4294967295)).min(1).optional(),
  /** No part of the contestant's identity. */
  training: trainingOriginSchema.optional(),
});
const fileSchema = z.union([
  entrySchema,
  z.array(entrySchema),
  z.strictObject({ contestants: z.array(entrySchema) }),
]);

/** What a market offers to a roster. */
export interface RosterMarket {
  readonly symbols: readonly string[];
  readonly instrument: 'spot' | 'perpetual';
  readonly timeframe: Timeframe;
}

/** A contestant ready to be registered. */
export interface RosterEntry {
  readonly name: string;
  readonly role: Role;
  readonly kind: StrategyKind;
  readonly params: unknown;
  readonly manifest: ContestantManifest;
  readonly training?: TrainingOrigin;
}

/** At most this many contestants come from one file: a grid that explodes is a mistake. */
export const MAX_CONTESTANTS_PER_FILE = 20_000;

/**
 * What becomes of an entry that leaves the symbols to the market and needs more than it has: whoever asks for it is told so,
 * a file that goes with many markets keeps it, and `lackOfSymbols` says which they are.
 */
export type OnFewSymbols = 'refuse' | 'keep';

/** Turns a parsed contestant file into contestants for this market. Throws a Problem that names file and key. */
export function parseRoster(
  content: unknown,
  file: string,
  market: RosterMarket,
  kinds: Kinds,
  onFewSymbols: OnFewSymbols = 'refuse',
): RosterEntry[] {
  const entries = readEntries(content, file);
  const roster: RosterEntry[] = [];
  for (const { entry, where } of entries) {
    const kind = findKind(entry.kind, where, kinds);
    const timeframe = entry.timeframe ?? market.timeframe;
    if (timeframeMs(timeframe) % timeframeMs(market.timeframe) !== 0)
      throw new Problem(
        'input',
        `${where}.timeframe: ${timeframe} bars cannot be built from the market's ${market.timeframe} bars`,
        { hint: `choose ${market.timeframe} or a whole multiple of it` },
      );
    const before = roster.length;
    const seeds = entry.seeds ?? [entry.seed ?? 0];
    for (const raw of combinations(entry.params ?? {}, entry.grid ?? {})) {
      const params = parseParams(kind, raw, where);
      const code = kind.code?.(params);
      for (const symbols of symbolSets(entry.symbols, market, where)) {
        const isKept =
          onFewSymbols === 'keep' &&
          (entry.symbols === 'all' || entry.symbols === 'majors') &&
          symbols.length === market.symbols.length &&
          symbols.length < fewestSymbols(kind, params);
        if (!isKept) checkSymbols(kind, params, symbols, where);
        checkSide(kind, params, market, where);
        if (code !== undefined && !isKept)
          audit({ kind, params, symbols, instrument: market.instrument }, where);
        for (const seed of seeds) {
          if (roster.length >= MAX_CONTESTANTS_PER_FILE)
            throw new Problem(
              'input',
              `${file}: more than ${String(MAX_CONTESTANTS_PER_FILE)} contestants in one file`,
              {
                hint: 'make the grid smaller',
              },
            );
          roster.push({
            name: entry.title ?? defaultName(kind, params, symbols, { ...market, own: timeframe }, seed),
            role: kind.manifest.role ?? 'contestant',
            kind,
            params,
            manifest: {
              kind: kind.manifest.kind,
              version: kind.manifest.version,
              params,
              symbols,
              timeframe,
              instrument: market.instrument,
              seed,
              ...(code === undefined ? {} : { code }),
              ...(entry.breakers === undefined ? {} : { breakers: entry.breakers }),
            },
            ...(entry.training === undefined ? {} : { training: entry.training }),
          });
        }
      }
    }
    if (entry.training !== undefined && roster.length - before > 1)
      throw new Problem(
        'input',
        `${where}.training: a trial is one contestant, this entry makes ${String(roster.length - before)}`,
        {
          hint: 'leave training away, or name one set of parameters, one seed and one choice of symbols',
        },
      );
  }
  return roster;
}

/**
 * What can be said of a single contestant while no market is known: its fields, its kind and its parameters. Returns
 * what it would be called; throws a Problem that names file and key.
 */
export function checkContestant(content: unknown, file: string, kinds: Kinds): string {
  const [first, more] = readEntries(content, file);
  if (first === undefined || more !== undefined || first.entry.grid !== undefined)
    throw new Problem('input', `${file}: expected exactly one contestant`);
  const { entry, where } = first;
  const kind = findKind(entry.kind, where, kinds);
  const params = parseParams(kind, entry.params ?? {}, where);
  return entry.title ?? kind.label(params);
}

/** What keeps a contestant from running that was kept for want of symbols; undefined when it can run. */
export function lackOfSymbols({
  kind,
  params,
  manifest,
}: Pick<RosterEntry, 'kind' | 'params' | 'manifest'>): string | undefined {
  const fewest = fewestSymbols(kind, params);
  const has = manifest.symbols.length;
  return has >= fewest
    ? undefined
    : `needs at least ${String(fewest)} symbols, the market has ${String(has)}`;
}

function findKind(name: string, where: string, kinds: Kinds): StrategyKind {
  const kind = kinds.find(name);
  if (kind !== undefined) return kind;
  throw new Problem('input', `${where}.kind: there is no kind "${name}"`, {
    hint: `did you mean "${nearest(name, kinds.names)}"? Known kinds: ${kinds.names.join(', ')}. Kinds of your own lie in contestants/kinds and are read at the start.`,
  });
}

/** Parses raw parameters with the kind's schema; a Problem names the parameter and what is expected. */
export function parseParams(kind: StrategyKind, raw: unknown, where: string): unknown {
  const parsed = kind.manifest.parameters.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw schemaProblem(`${where}.params`, parsed.error, `parameters of ${kind.manifest.kind}`);
}

function readEntries(
  content: unknown,
  file: string,
): { entry: z.infer<typeof entrySchema>; where: string }[] {
  // The union's own message names every branch; picking the branch by shape gives a message about one.
  if (Array.isArray(content))
    return content.map((item: unknown, i) => readEntry(item, `${file}[${String(i)}]`));
  if (typeof content === 'object' && content !== null && 'contestants' in content) {
    const parsed = fileSchema.safeParse(content);
    const list = content.contestants;
    if (Array.isArray(list))
      return list.map((item: unknown, i) => readEntry(item, `${file}: contestants[${String(i)}]`));
    throw schemaProblem(file, parsed.error, 'a contestant file');
  }
  return [readEntry(content, file)];
}

function readEntry(item: unknown, where: string): { entry: z.infer<typeof entrySchema>; where: string } {
  const parsed = entrySchema.safeParse(item);
  if (!parsed.success) throw schemaProblem(where, parsed.error, 'a contestant');
  return { entry: parsed.data, where };
}

function schemaProblem(where: string, error: z.ZodError | undefined, what: string): Problem {
  const issue = error?.issues[0];
  const path = issue === undefined || issue.path.length === 0 ? '' : `.${issue.path.join('.')}`;
  return new Problem('input', `${where}${path}: ${issue?.message ?? 'has the wrong shape'}`, {
    hint: `this must be ${what}; see the README for its fields`,
  });
}

/** All combinations of a grid over fixed parameters, in the order of the keys. */
function combinations(
  fixed: Readonly<Record<string, unknown>>,
  grid: Readonly<Record<string, readonly unknown[]>>,
): Record<string, unknown>[] {
  let result: Record<string, unknown>[] = [{ ...fixed }];
  for (const [key, values] of Object.entries(grid))
    result = result.flatMap((params) => values.map((value) => ({ ...params, [key]: value })));
  return result;
}

function symbolSets(
  selector: z.infer<typeof entrySchema>['symbols'],
  market: RosterMarket,
  where: string,
): (readonly string[])[] {
  if (selector === 'all') return [market.symbols];
  if (selector === 'each') return market.symbols.map((symbol) => [symbol]);
  if (selector === 'majors') {
    const named = ['BTC', 'ETH'].map((base) => market.symbols.find((symbol) => symbol.startsWith(base)));
    const majors = named.filter((symbol) => symbol !== undefined);
    return [majors.length === 2 ? majors : market.symbols.slice(0, 2)];
  }
  for (const symbol of selector)
    if (!market.symbols.includes(symbol))
      throw new Problem('input', `${where}.symbols: the market has no symbol "${symbol}"`, {
        hint: `did you mean "${nearest(symbol, market.symbols)}"? It has ${market.symbols.join(', ')}.`,
      });
  if (new Set(selector).size !== selector.length)
    throw new Problem('input', `${where}.symbols: a symbol is named twice`, {
      hint: 'name each symbol once',
    });
  return [selector];
}

function checkSymbols(kind: StrategyKind, params: unknown, symbols: readonly string[], where: string): void {
  const fewest = kind.manifest.minSymbols ?? 1;
  if (symbols.length < fewest)
    throw new Problem(
      'input',
      `${where}.symbols: ${kind.manifest.kind} needs at least ${String(fewest)} symbols, got ${String(symbols.length)}`,
    );
  const most = kind.manifest.maxSymbols ?? Infinity;
  if (symbols.length > most)
    throw new Problem(
      'input',
      `${where}.symbols: ${kind.manifest.kind} takes ${String(most)} symbols, got ${String(symbols.length)}`,
      { hint: 'name them, e.g. "symbols": ["BTC-USD", "ETH-USD"]' },
    );
  const weights = weightsIn(params);
  if (weights !== undefined && weights.length !== symbols.length)
    throw new Problem(
      'input',
      `${where}.params.weights: ${String(weights.length)} weights for ${String(symbols.length)} symbols`,
      { hint: 'give one weight for each symbol' },
    );
}

function fewestSymbols(kind: StrategyKind, params: unknown): number {
  return Math.max(kind.manifest.minSymbols ?? 1, weightsIn(params)?.length ?? 0);
}

function weightsIn(params: unknown): readonly number[] | undefined {
  return (params as { weights?: readonly number[] }).weights;
}

/** A short on spot would be refused at every bar: better said before it starts. */
function checkSide(kind: StrategyKind, params: unknown, market: RosterMarket, where: string): void {
  if (market.instrument === 'perpetual' || kind.takesShorts?.(params) !== true) return;
  throw new Problem(
    'input',
    `${where}.params: ${kind.label(params)} takes shorts, which need perpetuals; this market is spot`,
    {
      hint: 'leave the shorts away, or use a market with funding files or "instrument": "perpetual" in its market.json',
    },
  );
}

/** Kinds of the user's own prove that they see no future before they enter. */
function audit(subject: AuditSubject, where: string): void {
  const finding = auditKind(subject);
  if (finding !== undefined)
    throw new Problem('input', `${where}: ${subject.kind.manifest.kind} ${finding}`, {
      hint: 'no clocks, files, network, Math.random or variables outside decide: use observation.nowMs, observation.random() and memory',
    });
}

function defaultName(
  kind: StrategyKind,
  params: unknown,
  symbols: readonly string[],
  market: RosterMarket & { readonly own: Timeframe },
  seed: number,
): string {
  const label = kind.label(params);
  const all = symbols.length === market.symbols.length && symbols.length > 1;
  const scope = all
    ? ''
    : symbols.length <= 2
      ? ` ${symbols.join('+')}`
      : ` ${String(symbols.length)} symbols`;
  const bars = market.own === market.timeframe ? '' : ` ${market.own}`;
  return `${label}${bars}${scope}${seed === 0 ? '' : ` #${String(seed)}`}`;
}
