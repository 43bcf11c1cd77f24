import { z } from 'zod';
import type { TrainingOrigin } from './contestant.js';

/** Longest name of a study: Optuna's own limit. */
export const MAX_STUDY_NAME = 512;

/** Where a contestant comes from, as a contestant file or a journal says it. */
export const trainingOriginSchema: z.ZodType<TrainingOrigin> = z.strictObject({
  study: z.string().max(MAX_STUDY_NAME),
  trial: z.int().min(0),
  trials: z.int().min(1),
});
