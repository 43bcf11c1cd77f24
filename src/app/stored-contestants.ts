import { z } from 'zod';
import type { Contestant } from '../core/arena/contestant.js';
import type { RosterEntry } from '../core/arena/parse-roster.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import { trainingOriginSchema } from '../core/arena/training-origin-schema.js';
import { manifestSchema } from '../core/arena/manifest-schema.js';
import type { Kinds } from '../core/strategies/catalog.js';
import { missingKind } from '../core/strategies/missing-kind.js';
import type { StrategyKind } from '../core/strategies/strategy.js';
import type { StoredContestant } from '../ports/arena-store.js';

const bodySchema = z.strictObject({
  role: z.enum(['contestant', 'champion', 'shadow', 'benchmark', 'placebo']),
  manifest: manifestSchema,
  joinedBarMs: z.number(),
  retired: z.strictObject({ barMs: z.number(), reason: z.string() }).optional(),
  training: trainingOriginSchema.optional(),
});

export function storedContestant(contestant: Contestant): StoredContestant {
  const { position, id, name, role, manifest, joinedBarMs, retired, training } = contestant;
  return { position, id, name, body: canonicalJson({ role, manifest, joinedBarMs, retired, training }) };
}

/** A contestant from its row. */
export function readContestantRow(row: StoredContestant): Contestant {
  const parsed = bodySchema.safeParse(JSON.parse(row.body));
  if (!parsed.success)
    throw new Problem('damaged', `contestant ${row.name}: its record in the journal has the wrong shape`);
  const { role, manifest, joinedBarMs, retired, training } = parsed.data;
  return {
    position: row.position,
    id: row.id,
    name: row.name,
    role,
    manifest,
    joinedBarMs,
    ...(retired === undefined ? {} : { retired }),
    ...(training === undefined ? {} : { training }),
  };
}

/** A contestant from its row, with the kind that runs it. */
export function readStoredContestant(
  row: StoredContestant,
  kinds: Kinds,
): { contestant: Contestant; entry: Pick<RosterEntry, 'kind' | 'params'> } {
  const contestant = readContestantRow(row);
  return { contestant, entry: { kind: kindOf(contestant, kinds), params: contestant.manifest.params } };
}

/**
 * The kind must be the one that the contestant was entered with. A kind of the user's own that is gone or has
 * changed stops its contestants, not the arena; one of the product's means another program made this state.
 */
function kindOf({ manifest, name }: Contestant, kinds: Kinds): StrategyKind {
  const kind = kinds.find(manifest.kind);
  if (manifest.code !== undefined)
    return kind !== undefined && codeOf(kind, manifest.params) === manifest.code
      ? kind
      : missingKind(manifest.kind);
  if (kind?.manifest.version === manifest.version) return kind;
  throw new Problem(
    'foreign',
    `contestant ${name} runs ${manifest.kind} version ${String(manifest.version)}, ` +
      (kind === undefined
        ? 'which this program does not have'
        : `this program has version ${String(kind.manifest.version)}`),
    { hint: 'run the program that made this state, or start over with --fresh' },
  );
}

/** Undefined also when it wraps a kind that is gone. */
function codeOf(kind: StrategyKind, params: unknown): string | undefined {
  try {
    return kind.code?.(params);
  } catch {
    return undefined;
  }
}
