import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import { parseJsonFile } from './parse-json-file.js';

const positionSchema = z.looseObject({
  ticker: z.string(),
  holdings: z.number(),
  entry_price: z.number(),
  current_price: z.number(),
  pnl_pct: z.number(),
  unrealized_pnl: z.number(),
  stop_loss_price: z.number(),
  traded_by_champion: z.boolean(),
});
const stateSchema = z.looseObject({
  timestamp: z.string().nullable(),
  portfolio_value: z.number(),
  cash: z.number(),
  positions: z.array(positionSchema),
  champion: z.looseObject({ id: z.string(), name: z.string() }).nullable(),
  generation: z.int(),
  rounds: z.int(),
  latch: z.string().nullable(),
  realized_pnl: z.number(),
  unrealized_pnl: z.number(),
  fees_paid: z.number(),
  fault: z.string().nullable(),
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
