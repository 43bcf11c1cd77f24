/** Who should trade: what the deployer writes and the paper trader obeys. */
import { z } from 'zod';
import { manifestSchema } from '../arena/manifest-schema.js';

export const championSchema = z.strictObject({
  /** Hash of the manifest: the contestant's id in the arena. */
  id: z.string().min(8),
  name: z.string().min(1).max(200),
  manifest: manifestSchema,
  /** How it came to be champion. */
  source: z.enum(['trial', 'candidate', 'rollback', 'by-hand']),
});
export type Champion = z.infer<typeof championSchema>;

export const deploymentStateSchema = z.looseObject({
  schema_version: z.literal(2),
  /** Raised with every change of champion; the paper trader reports the one it runs. */
  generation: z.int().min(0),
  champion: championSchema.nullable(),
  /** The first bar that it may trade; at once when absent. */
  fromBarMs: z.number().optional(),
  /** The request that told the arena of it; null or absent where the arena is not asked. */
  arenaRequest: z.string().nullish(),
  /** A hand-over whose plan costs more than this is refused: what was approved is not what would happen. */
  maxHandoverCostUsd: z.number().nullish(),
});
export type DeploymentState = z.infer<typeof deploymentStateSchema>;
