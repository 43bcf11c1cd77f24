import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import { parseJsonFile } from './parse-json-file.js';

const positionSchema = z.looseObject({
  quantity: z.number(),
  entry_price: z.number(),
  mark_price: z.number(),
  unrealized_pnl: z.number(),
  stop_price: z.number().nullable(),
  traded_by_champion: z.boolean(),
});
const stateSchema = z.looseObject({
  champion: z.looseObject({ id: z.string(), name: z.string() }).nullable(),
  generation: z.int(),
  rounds: z.int(),
  last_bar_closed_at: z.string().nullable(),
  equity: z.number(),
  cash: z.number(),
  realized_pnl: z.number(),
  unrealized_pnl: z.number(),
  fees: z.number(),
  latch: z.string().nullable(),
  fault: z.string().nullable(),
  positions: z.record(z.string(), positionSchema),
});
export type PositionsState = z.infer<typeof stateSchema>;

/** `positions_state.json` as far as it is shown; a Problem when it is something else. */
export function parsePositionsState(text: string, path: string): PositionsState {
  const parsed = stateSchema.safeParse(parseJsonFile(text, path));
  if (parsed.success) return parsed.data;
  throw new Problem(
    'damaged',
    `${path}: ${parsed.error.issues[0]?.path.join('.') ?? ''} has the wrong shape`,
    {
      hint: 'the paper trader writes it anew at its next start',
    },
  );
}
