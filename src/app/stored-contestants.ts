import { z } from 'zod';
import type { Contestant } from '../core/arena/contestant.js';
import type { RosterEntry } from '../core/arena/parse-roster.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import { TIMEFRAMES } from '../core/domain/time.js';
import { breakerRulesSchema } from '../core/risk/breakers.js';
import { findKind } from '../core/strategies/catalog.js';
import type { StoredContestant } from '../ports/arena-store.js';

const bodySchema = z.strictObject({
  role: z.enum(['contestant', 'champion', 'shadow', 'benchmark', 'placebo']),
  manifest: z.strictObject({
    kind: z.string(),
    version: z.int(),
    params: z.unknown(),
    symbols: z.array(z.string()),
    timeframe: z.enum(TIMEFRAMES),
    instrument: z.enum(['spot', 'perpetual']),
    seed: z.int(),
    breakers: breakerRulesSchema.optional(),
  }),
  joinedBarMs: z.number(),
  retired: z.strictObject({ barMs: z.number(), reason: z.string() }).optional(),
});

export function storedContestant(contestant: Contestant): StoredContestant {
  const { position, id, name, role, manifest, joinedBarMs, retired } = contestant;
  return { position, id, name, body: canonicalJson({ role, manifest, joinedBarMs, retired }) };
}

/** A contestant from its row, with the kind that runs it. */
export function readStoredContestant(row: StoredContestant): {
  contestant: Contestant;
  entry: Pick<RosterEntry, 'kind' | 'params'>;
} {
  const parsed = bodySchema.safeParse(JSON.parse(row.body));
  if (!parsed.success)
    throw new Problem('damaged', `contestant ${row.name}: its record in the journal has the wrong shape`);
  const { role, joinedBarMs, retired } = parsed.data;
  const { breakers, ...plain } = parsed.data.manifest;
  const manifest = { ...plain, params: plain.params, ...(breakers === undefined ? {} : { breakers }) };
  const kind = findKind(manifest.kind);
  if (kind?.manifest.version !== manifest.version)
    throw new Problem(
      'foreign',
      `contestant ${row.name} runs ${manifest.kind} version ${String(manifest.version)}, ` +
        (kind === undefined
          ? 'which this program does not have'
          : `this program has version ${String(kind.manifest.version)}`),
      { hint: 'run the program that made this state, or start over with --fresh' },
    );
  const contestant: Contestant = {
    position: row.position,
    id: row.id,
    name: row.name,
    role,
    manifest,
    joinedBarMs,
    ...(retired === undefined ? {} : { retired }),
  };
  return { contestant, entry: { kind, params: manifest.params } };
}
