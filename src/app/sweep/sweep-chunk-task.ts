import { z } from 'zod';
import { canonicalJson } from '../../core/domain/canonical-json.js';
import { createKinds, erase, type Kinds } from '../../core/strategies/catalog.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { rowWidth } from '../../core/sweep/sweep-row.js';
import { type SweepSettings, sweepSettingsSchema } from '../../core/sweep/sweep-settings.js';
import type { Task } from '../../ports/job-runner.js';
import { type SweepCourt, openCourt } from './sweep-court.js';

export const SWEEP_CHUNK = 'sweep-chunk';

const chunkSchema = z
  .strictObject({ settings: sweepSettingsSchema, from: z.int().min(0), to: z.int() })
  .refine(({ from, to }) => from < to, { message: 'an empty chunk' });

/** The runs [from, to) of a sweep as the payload of a job. */
export function sweepChunk(settings: SweepSettings, from: number, to: number): Uint8Array {
  return new TextEncoder().encode(canonicalJson({ settings, from, to }));
}

/** Plays the runs of a chunk; the answer is one row of doubles per run. `kinds` is asked once. */
export function sweepChunkTask(kinds: () => Promise<Kinds>): Task {
  let known: Promise<Kinds> | undefined;
  /** The next chunk is mostly one of the same sweep: its court has the columns already. */
  let newest: { readonly name: string; readonly market: MarketTable; readonly court: SweepCourt } | undefined;
  return async (payload, market) => {
    const { settings, from, to } = chunkSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    if (market === undefined) throw new Error('a sweep needs a market');
    known ??= kinds();
    const name = canonicalJson(settings);
    if (newest?.name !== name || newest.market !== market)
      newest = { name, market, court: openCourt(settings, await known, market) };
    const { court } = newest;
    const width = rowWidth(settings.windows.folds.length);
    const rows = new Float64Array((to - from) * width);
    for (let run = from; run < to; run++)
      court.play(run, rows.subarray((run - from) * width, (run - from + 1) * width));
    return new Uint8Array(rows.buffer);
  };
}

/** With the kinds that ship with the product, formulas included: for processes that know no folder of contestants. */
export const sweepChunkOfProductKinds: Task = sweepChunkTask(async () => {
  const { formula } = await import('../../core/strategies/formula/formula.js');
  return createKinds([erase(formula)]);
});

/** The answer of a chunk as rows. */
export function rowsOfChunk(bytes: Uint8Array, runs: number, folds: number): readonly Float64Array[] {
  const width = rowWidth(folds);
  if (bytes.byteLength !== runs * width * Float64Array.BYTES_PER_ELEMENT)
    throw new Error(`a chunk of ${String(runs)} runs came back with ${String(bytes.byteLength)} bytes`);
  // A slice begins where doubles may begin, whatever buffer the bytes came in.
  const doubles = new Float64Array(bytes.slice().buffer);
  return Array.from({ length: runs }, (_, i) => doubles.subarray(i * width, (i + 1) * width));
}
