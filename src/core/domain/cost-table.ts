/** What trading cost where it was measured, as a file that an arena can be started with. */
import { z } from 'zod';
import { canonicalJson } from './canonical-json.js';

const bps = z.number().min(-10_000).max(10_000);

export const costTableSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('cost-table'),
  /** For people: whose quotes, compared with what. */
  source: z.string().max(500),
  /** First and last slot that was measured, ISO. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  symbols: z
    .array(
      z.strictObject({
        symbol: z.string().min(1),
        fills: z.int().min(1),
        /** Half of the quotes' median spread. */
        halfSpreadBps: bps.min(0),
        /** Median move of the middle from the bar's open to the quote, against the order; negative where it was for it. */
        slippageBps: bps,
      }),
    )
    .min(1),
});
export type CostTable = z.infer<typeof costTableSchema>;

export function costTableText(table: CostTable): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(table)), null, 2)}\n`;
}
