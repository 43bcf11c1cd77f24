/** The journal's look events as rows: what the store keeps beside them is this and nothing else. */
import { z } from 'zod';
import { canonicalJson } from '../core/domain/canonical-json.js';
import type { StoredLook } from '../ports/arena-store.js';

const eventSchema = z.looseObject({
  event: z.literal('look'),
  cohort: z.int(),
  hours: z.number(),
  verdicts: z.array(z.looseObject({ c: z.int() })),
});

/** The looks that a round's events tell. */
export function looksOfEvents({
  seq,
  events,
}: {
  readonly seq: number;
  readonly events: readonly string[];
}): StoredLook[] {
  return events
    .filter((line) => line.includes('"event":"look"'))
    .map((line) => {
      const { verdicts, ...look } = eventSchema.parse(JSON.parse(line));
      return {
        cohort: look.cohort,
        ageHours: look.hours,
        seq,
        body: canonicalJson(look),
        verdicts: verdicts
          .map((verdict) => ({ position: verdict.c, body: canonicalJson(verdict) }))
          .sort((a, b) => a.position - b.position),
      };
    });
}
