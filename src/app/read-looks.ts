import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import { type Timeframe, timeframeMs } from '../core/domain/time.js';
import { VERDICTS } from '../core/promotion/judge-cohort.js';
import type { ArenaStore, StoredLook } from '../ports/arena-store.js';
import type { LookView, VerdictView } from '../reporting/looks-text.js';

const lookSchema = z.looseObject({
  cohort: z.int(),
  hours: z.number(),
  cutBarMs: z.number(),
  alpha: z.number(),
  familySize: z.int(),
  observedPct: z.number(),
});
const verdictSchema = z.looseObject({
  c: z.int(),
  verdict: z.enum(VERDICTS),
  p: z.number(),
  pHolm: z.number(),
  tChampion: z.number().optional(),
  tSpanning: z.number().optional(),
  blocks: z.int(),
  short: z
    .array(
      z.object({
        rule: z.enum(['age', 'lead', 'sharpe', 'observed', 'decided', 'trades', 'liquidations']),
        value: z.number().optional(),
      }),
    )
    .default([]),
});

/** All looks that the gate has taken, the oldest first, with the names of those that were judged. */
export function readLooks(
  store: Pick<ArenaStore, 'looks' | 'contestants'>,
  timeframe: Timeframe,
): LookView[] {
  const contestants = new Map(store.contestants().map((row) => [row.position, row]));
  return store.looks().map((row) => {
    const { cohort, hours, cutBarMs, alpha, familySize, observedPct } = parsed(lookSchema, row.body, row);
    const verdicts = row.verdicts.map(({ body }): VerdictView => {
      const { c, verdict, p, pHolm, tChampion, tSpanning, blocks, short } = parsed(verdictSchema, body, row);
      const { id = '', name = `contestant ${String(c)}` } = contestants.get(c) ?? {};
      return {
        id,
        name,
        verdict,
        p,
        pHolm,
        tChampion,
        tSpanning,
        blocks,
        shortfalls: short.map(({ rule, value }) => ({ rule, value })),
      };
    });
    return {
      cohort,
      hours,
      cutMs: cutBarMs + timeframeMs(timeframe),
      alpha,
      familySize,
      observedPct,
      // Of equal ones after Holm, who had the smaller p before.
      verdicts: verdicts.sort((a, b) => a.pHolm - b.pHolm || a.p - b.p),
    };
  });
}

function parsed<T>(schema: z.ZodType<T>, text: string, { cohort, ageHours }: StoredLook): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem(
      'damaged',
      `cohort ${String(cohort)}, look at ${String(ageHours)} h: its row in the journal has the wrong shape`,
      { hint: 'npm run arena -- verify says what else is wrong', cause },
    );
  }
}
