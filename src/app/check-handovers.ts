import { z } from 'zod';
import type { Champion } from '../core/deployment/champion.js';
import { openedSchema } from '../core/deployment/quote-events.js';
import { type HeldPosition, planHandover } from '../core/deployment/plan-handover.js';
import type { CostModel } from '../core/domain/costs.js';
import { ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { costFractions } from '../core/simulation/venue.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { StoredRound } from '../ports/arena-store.js';

/** Relative: a hand-over itself moves no money. */
const TOLERANCE = 1e-9;

export const handOverSchema = z.looseObject({
  event: z.literal('hand-over'),
  generation: z.int(),
  from: z.string().nullable(),
  to: z.string(),
  name: z.string(),
  source: z.string(),
  equityUsd: z.number(),
  costUsd: z.number(),
  steps: z.array(z.strictObject({ symbol: z.string(), action: z.string(), quantity: z.number() })),
});
type HandOver = z.infer<typeof handOverSchema>;

interface HandoverFacts {
  readonly symbols: readonly string[];
  /** Of the account, when it was opened. */
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly champions: ReadonlyMap<string, Champion>;
  readonly kinds: Kinds;
}

/**
 * Every hand-over told in the journal: generations rise, who leaves is who traded, equity stays, and what happens to
 * each position is what the rule gives for the positions that the ledger says were held.
 */
export function checkHandovers(
  rounds: readonly StoredRound[],
  facts: HandoverFacts,
): { value: true; detail: string } {
  const held = new Map<string, number>();
  let equityUsd = facts.cashUsd;
  let champion: string | null = null;
  let generation = 0;
  let count = 0;
  for (const round of rounds) {
    for (const line of round.events) {
      const told = handOverSchema.safeParse(JSON.parse(line)).data;
      if (told === undefined) {
        const opened = openedSchema.safeParse(JSON.parse(line)).data;
        if (opened !== undefined) takeFills(round, opened.fills, facts.symbols, held);
        if (line.includes('"event":"hand-over"'))
          throw new Error(`round ${String(round.seq)}: a hand-over has the wrong shape`);
        continue;
      }
      const where = `round ${String(round.seq)}, generation ${String(told.generation)}`;
      if (told.generation <= generation)
        throw new Error(`${where}: generation ${String(generation)} ran already, and generations only rise`);
      if (told.from !== champion)
        throw new Error(`${where}: it was not ${String(told.from)} that traded but ${String(champion)}`);
      if (Math.abs(told.equityUsd - equityUsd) > TOLERANCE * Math.max(1, Math.abs(equityUsd)))
        throw new Error(
          `${where}: equity is ${String(told.equityUsd)} USD after and was ${String(equityUsd)} USD before`,
        );
      checkSteps(told, held, facts, where);
      champion = told.to;
      generation = told.generation;
      count++;
    }
    takeFills(round, ledgerCount(round.fills), facts.symbols, held);
    equityUsd = round.marks[0] ?? NaN;
  }
  return { value: true, detail: `${String(count)}, equity the same before and after each` };
}

function takeFills(
  { fills }: StoredRound,
  count: number,
  symbols: readonly string[],
  held: Map<string, number>,
): void {
  for (let i = 0; i < count; i++) {
    const entry = readLedgerEntry(fills, i);
    const symbol = symbols[entry.symbol];
    if (symbol !== undefined) held.set(symbol, entry.quantityAfter);
  }
}

function checkSteps(
  told: HandOver,
  held: ReadonlyMap<string, number>,
  { champions, kinds, costs }: HandoverFacts,
  where: string,
): void {
  // The champion that runs already takes over nothing.
  const expected = told.from === told.to ? [] : [...held].filter(([, quantity]) => quantity !== 0);
  const quantities = new Map(expected);
  const symbols = told.steps.map(({ symbol }) => symbol).toSorted();
  const wanted = expected.map(([symbol]) => symbol).toSorted();
  if (symbols.join() !== wanted.join())
    throw new Error(`${where}: it tells of ${list(symbols)}, and ${list(wanted)} were held`);
  const wrong = told.steps.find((step) => step.quantity !== quantities.get(step.symbol));
  if (wrong !== undefined)
    throw new Error(
      `${where}: ${wrong.symbol} was ${String(quantities.get(wrong.symbol))}, not ${String(wrong.quantity)}`,
    );
  const manifest = champions.get(told.to)?.manifest;
  if (manifest === undefined) return;
  const takesShorts = kinds.find(manifest.kind)?.takesShorts?.(manifest.params) ?? false;
  // Whether a position has a stop is not in the ledger: each step must be right for one of the two.
  const [guarded, bare] = [1, NaN].map((stopPrice) => {
    const positions = expected.map(([symbol, quantity]): HeldPosition => ({
      symbol,
      quantity,
      markPrice: 1,
      stopPrice,
    }));
    const target = { symbols: manifest.symbols, takesShorts };
    const { steps } = planHandover({ positions, equityUsd: told.equityUsd }, target, costFractions(costs));
    return new Map(steps.map(({ symbol, action }) => [symbol, action]));
  });
  for (const { symbol, action } of told.steps)
    if (guarded?.get(symbol) !== action && bare?.get(symbol) !== action)
      throw new Error(`${where}: ${symbol} is told as ${action}, which the rule does not give`);
}

function list(symbols: readonly string[]): string {
  return symbols.length === 0 ? 'nothing' : symbols.join(', ');
}
