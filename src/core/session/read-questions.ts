import { z } from 'zod';
import type { ModelQuestion } from '../domain/model-call.js';

/** Kinds of a user's own are code that nobody has checked: what is wrong with their questions is theirs alone. */
const questionsSchema = z.array(
  z.object({
    slot: z.string().min(1).max(200),
    setup: z.object({
      provider: z.string().min(1),
      model: z.string().min(1),
      temperature: z.number().nullable(),
      maxTokens: z.int().min(1),
    }),
    trial: z.int(),
    probe: z.int().min(0),
    system: z.string(),
    user: z.string(),
    form: z.enum(['signals', 'regime', 'check']),
    budgetUsdPerDay: z.number().nullable(),
  }),
);

/** The questions of a kind; throws an Error in words where they are none, or where two share a slot and so an answer. */
export function readQuestions(value: unknown): readonly ModelQuestion[] {
  const parsed = questionsSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`its questions${path(issue?.path ?? [])}: ${issue?.message ?? 'have the wrong shape'}`);
  }
  const slots = new Set<string>();
  for (const { slot } of parsed.data) {
    if (slots.has(slot)) throw new Error(`two of its questions are in the slot "${slot}"`);
    slots.add(slot);
  }
  return parsed.data;
}

function path(parts: readonly PropertyKey[]): string {
  return parts.map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`)).join('');
}
