import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoredTrial, TrialRubbish, TrialSource } from '../../ports/trial-source.js';

/** A file larger than this is no list of trials. */
const MAX_BYTES = 20_000_000;

const trialSchema = z.strictObject({
  study: z.string().min(1).max(200).default('local'),
  number: z.int().min(0),
  value: z.number(),
  direction: z.enum(['maximize', 'minimize']).default('maximize'),
  state: z.string().default('COMPLETE'),
  contestant: z.record(z.string(), z.unknown()),
});

/** Trials as JSON files in a folder: one trial or a list of them each. Only completed ones count. */
export function jsonTrials(folder: string): TrialSource {
  return {
    read() {
      const trials: StoredTrial[] = [];
      const rubbish: TrialRubbish[] = [];
      if (!existsSync(folder)) return { trials, rubbish };
      for (const name of readdirSync(folder).sort()) {
        if (!name.endsWith('.json')) continue;
        const path = join(folder, name);
        try {
          readFile(path, trials, rubbish);
        } catch (error) {
          rubbish.push({ where: path, why: error instanceof Error ? error.message : String(error) });
        }
      }
      return { trials, rubbish };
    },
  };
}

function readFile(path: string, trials: StoredTrial[], rubbish: TrialRubbish[]): void {
  if (statSync(path).size > MAX_BYTES) throw new Error(`larger than ${String(MAX_BYTES)} bytes`);
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  (Array.isArray(content) ? content : [content]).forEach((item: unknown, i) => {
    const where = Array.isArray(content) ? `${path}[${String(i)}]` : path;
    const parsed = trialSchema.safeParse(item);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      rubbish.push({
        where,
        why: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'has the wrong shape'}`,
      });
      return;
    }
    const { state, direction, value, ...rest } = parsed.data;
    if (state.toUpperCase() !== 'COMPLETE') return;
    trials.push({ ...rest, value: direction === 'minimize' ? -value : value, where });
  });
}
