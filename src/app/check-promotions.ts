import { z } from 'zod';
import type { FoldedDeployments } from '../core/deployment/fold-deployments.js';
import { DAY_MS } from '../core/domain/time.js';
import { evidenceSchema } from '../core/promotion/candidate.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { handOverSchema } from './check-handovers.js';
import { type Check, attempt } from './check.js';

const frozenSchema = z.looseObject({
  event: z.literal('candidate-frozen'),
  hash: z.string(),
  evidence: evidenceSchema,
});
const crownedSchema = z.looseObject({
  event: z.literal('champion'),
  id: z.string(),
  generation: z.int(),
});

/** Every promotion names evidence that the arena froze, that held then, and that a person overrode where it proved nothing. */
export function checkPromotions(
  fold: FoldedDeployments,
  arena: ArenaStore | undefined,
  barMs: number,
): Check {
  const name = 'promotions rest on frozen evidence';
  if (arena === undefined) return notThere(name, 'arena');
  const frozen = new Map<string, { closeMs: number; evidence: z.infer<typeof evidenceSchema> }>();
  return attempt(name, () => {
    for (const { line, openMs } of linesOf(arena, 'candidate-frozen')) {
      const told = frozenSchema.parse(JSON.parse(line));
      frozen.set(told.hash, { closeMs: openMs + barMs, evidence: told.evidence });
    }
    for (const { step, event, before } of fold.promotions) {
      const fail = (why: string): never => {
        throw new Error(`step ${String(step)}: ${event.name} was promoted, but ${why}`);
      };
      const found = frozen.get(event.hash);
      if (found === undefined) return fail(`the arena never froze ${event.hash.slice(0, 12)}`);
      const { evidence, closeMs } = found;
      const fromMs = event.fromBarMs ?? NaN;
      const expiresMs = (Math.floor(closeMs / DAY_MS) + 2) * DAY_MS;
      if (evidence.contestant !== event.champion) fail('the evidence is about another contestant');
      if (!(closeMs <= fromMs)) fail('the evidence was frozen later');
      if (fromMs >= expiresMs) fail('the evidence had expired');
      if (evidence.champion !== before.champion || evidence.generation !== before.generation)
        fail('the evidence compares it with another champion');
      if (evidence.verdict !== event.verdict) fail('the evidence has another verdict');
      if (evidence.verdict !== 'promotable' && (event.override ?? '').trim() === '')
        fail('it was not proven, and no reason for an override is recorded');
    }
    return { value: true, detail: `${String(fold.promotions.length)} of ${String(frozen.size)} frozen` };
  }).check;
}

/** What the others made of each generation: the account was handed to, and the arena crowned, whom the deployer chose. */
export function checkGenerations(
  fold: FoldedDeployments,
  arena: ArenaStore | undefined,
  paper: ArenaStore | undefined,
): Check[] {
  const agree = (what: string, generation: number, id: string): void => {
    const chosen = fold.champions.get(generation);
    if (chosen === undefined)
      throw new Error(`${what} generation ${String(generation)}, which nobody decided`);
    if (chosen !== id)
      throw new Error(
        `${what} ${id.slice(0, 12)} in generation ${String(generation)}, and the deployer chose ${chosen.slice(0, 12)}`,
      );
  };
  const check = <T extends { generation: number }>(
    name: string,
    store: ArenaStore | undefined,
    owner: string,
    what: string,
    event: string,
    schema: z.ZodType<T>,
    idOf: (told: T) => string,
  ): Check => {
    if (store === undefined) return notThere(name, owner);
    return attempt(name, () => {
      let count = 0;
      for (const { line } of linesOf(store, event)) {
        const told = schema.parse(JSON.parse(line));
        agree(what, told.generation, idOf(told));
        count++;
      }
      return { value: true, detail: `${String(count)}, each decided here` };
    }).check;
  };
  const hand = 'the account was handed to';
  return [
    check(
      'hand-overs were decided',
      paper,
      'paper account',
      hand,
      'hand-over',
      handOverSchema,
      ({ to }) => to,
    ),
    check('the arena crowned them', arena, 'arena', 'it crowned', 'champion', crownedSchema, ({ id }) => id),
  ];
}

function notThere(name: string, owner: string): Check {
  return { name, ok: true, detail: `n/a: there is no ${owner} here` };
}

function* linesOf(store: ArenaStore, event: string): Generator<{ line: string; openMs: number }> {
  const commit = store.lastCommit();
  if (commit === undefined) return;
  for (const round of store.rounds(1)) {
    if (round.seq > commit.seq) return;
    for (const line of round.events)
      if (line.includes(`"event":"${event}"`)) yield { line, openMs: round.barMs };
  }
}
