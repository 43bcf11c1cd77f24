import { z } from 'zod';
import { type Arena, type Seat, register, retire } from '../core/arena/arena.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { joinedEvent } from './open-arena-state.js';
import { storedContestant } from './stored-contestants.js';

const paramsSchema = z.record(z.string(), z.unknown());

/**
 * A provider that puts another model behind a name ends a record: the contestant retires, which counts as p = 1 in its
 * cohort, and one that is bound to the new model joins for the next cohort. Returns the journal's events.
 */
export function replaceChangedModels(arena: Arena, store: ArenaStore): string[] {
  const events: string[] = [];
  for (const seat of [...arena.seats]) {
    const { models } = seat.session;
    if (models === undefined || models.changedTo === '' || seat.contestant.retired !== undefined) continue;
    const { position } = seat.contestant;
    if (!retire(arena, position, `the model changed from ${models.servedBy} to ${models.changedTo}`))
      continue;
    const after = arena.seats[position]?.contestant;
    if (after === undefined) continue;
    store.saveContestant(storedContestant(after));
    events.push(canonicalJson({ event: 'retired', c: position, ...after.retired }));
    events.push(...successor(arena, store, seat, models.changedTo));
  }
  return events;
}

/** Nobody joins where the kind cannot be bound to a model, or where that contestant was there before. */
function successor(arena: Arena, store: ArenaStore, seat: Seat, servedBy: string): string[] {
  const { contestant, session } = seat;
  const { kind } = session.plan;
  const params = kind.manifest.parameters.safeParse({
    ...paramsSchema.parse(contestant.manifest.params),
    servedBy,
  });
  if (!params.success) return [];
  const joined = register(arena, [
    {
      name: boundName(contestant.name, contestant.manifest.params, servedBy),
      role: contestant.role,
      kind,
      params: params.data,
      manifest: { ...contestant.manifest, params: params.data },
      // Its parameters were chosen by the same training.
      ...(contestant.training === undefined ? {} : { training: contestant.training }),
    },
  ]);
  for (const one of joined) store.saveContestant(storedContestant(one));
  return joined.map(joinedEvent);
}

/** Two contestants of one name could not be told apart on the board; what a person wrote in brackets stays. */
function boundName(name: string, params: unknown, servedBy: string): string {
  const former = paramsSchema.parse(params)['servedBy'];
  const bound = typeof former === 'string' ? ` (${former})` : undefined;
  const plain = bound !== undefined && name.endsWith(bound) ? name.slice(0, -bound.length) : name;
  return `${plain} (${servedBy})`;
}
