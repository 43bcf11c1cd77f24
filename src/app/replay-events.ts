import {
  type Absent,
  type Arena,
  callFinal,
  crownContestant,
  forgetContestantAnswers,
  haltContestant,
  noteAbsent,
  register,
  resetContestantBreakers,
  retire,
} from '../core/arena/arena.js';
import type { readStoredContestant } from './stored-contestants.js';

/** Of a round's events those that came from outside; cohorts, candidates and tripped breakers are its own doing. */
export function eventsFromOutside(events: readonly string[]): string[] {
  return events.filter(
    (line) => !/"event":"(cohort-|candidate-|breaker-tripped|look"|champion-review|model-)/.test(line),
  );
}

/** A champion's event in the journal, and as it comes out now. */
export interface Crowned {
  readonly line: string;
  readonly again: string;
}

/** Does again what events from outside have done: who came, went, was crowned, halted, called. `rows` by position. */
export function applyEvents(
  arena: Arena,
  events: readonly string[],
  rows: readonly ReturnType<typeof readStoredContestant>[],
): Crowned[] {
  const crowned: Crowned[] = [];
  for (const line of events) {
    const event = JSON.parse(line) as {
      event: string;
      c: number;
      reason?: string;
      generation?: number;
      size?: number;
      contestants?: Absent[];
      symbol?: string;
    };
    const row = rows[event.c];
    if (event.event === 'joined' && row !== undefined)
      register(arena, [{ ...row.entry, ...row.contestant, kind: row.entry.kind }]);
    if (event.event === 'retired') retire(arena, event.c, event.reason ?? '');
    if (event.event === 'absent') noteAbsent(arena, event.contestants ?? []);
    if (event.event === 'final') callFinal(arena, event.size ?? 0);
    if (event.event === 'halted') haltContestant(arena, event.c);
    if (event.event === 'champion')
      crowned.push({ line, again: crownContestant(arena, event.c, event.generation ?? 0) });
    if (event.event === 'regime-invalidated') forgetContestantAnswers(arena, event.c, event.symbol);
    if (event.event === 'breakers-reset') resetContestantBreakers(arena, event.c);
  }
  return crowned;
}
