import { z } from 'zod';

const common = {
  id: z.string(),
  who: z.string().max(200),
  whenMs: z.number(),
  dueBarMs: z.number().optional(),
  reason: z.string().max(500),
};

/** What people ask of a paper trader. */
export const paperRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('kill'), flatten: z.boolean() }),
  z.strictObject({ ...common, kind: z.literal('resume') }),
]);
export type PaperRequest = z.infer<typeof paperRequestSchema>;
