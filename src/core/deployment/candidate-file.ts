/** `promotion_candidate.json`: what the arena writes and approvers, the deployer and other programs read. */
import { z } from 'zod';
import { manifestSchema } from '../arena/manifest-schema.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { evidenceSchema } from '../promotion/candidate.js';
import type { OfferedCandidate } from './deployer-state.js';

const planSchema = z.strictObject({
  /** Close of the bar whose positions were planned for. */
  as_of: z.string(),
  equity_before_usd: z.number(),
  cost_usd: z.number(),
  steps: z.array(
    z.strictObject({
      symbol: z.string(),
      action: z.string(),
      quantity: z.number(),
      notional_usd: z.number(),
      cost_usd: z.number(),
      why: z.string(),
    }),
  ),
});
export type PlanInFile = z.infer<typeof planSchema>;

const entrySchema = z.looseObject({
  /** What `approve` takes: the start of the newest hash. */
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  verdict: z.string(),
  /** The paragraph for the approver. */
  words: z.string(),
  contestant: z.strictObject({ id: z.string(), name: z.string().min(1).max(200), manifest: manifestSchema }),
  /** Everything that an approval may name at this moment, the newest last. */
  valid: z.array(
    z.strictObject({
      hash: z.string(),
      expires_at_ms: z.number(),
      evidence: evidenceSchema,
    }),
  ),
  /** Null while no paper account exists. */
  handover_plan: planSchema.nullable(),
});
export type CandidateEntry = z.infer<typeof entrySchema>;

export const candidateFileSchema = entrySchema.extend({
  schema_version: z.literal(2),
  others: z.array(entrySchema),
});
export type CandidateFile = z.infer<typeof candidateFileSchema>;

/** Every hash that may be approved, with the contestant behind it; a changed file shows by its hashes. */
export function offersOf(file: CandidateFile, hash: (text: string) => string): OfferedCandidate[] {
  return [file, ...file.others].flatMap((entry) =>
    entry.valid.map((one) => ({
      freeze: { position: -1, hash: one.hash, expiresMs: one.expires_at_ms, evidence: one.evidence },
      champion: { ...entry.contestant, source: 'candidate' as const },
      intact:
        hash(canonicalJson(one.evidence)) === one.hash &&
        hash(canonicalJson(entry.contestant.manifest)) === one.evidence.contestant &&
        entry.contestant.id === one.evidence.contestant,
    })),
  );
}
