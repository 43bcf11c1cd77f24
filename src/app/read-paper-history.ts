import { z } from 'zod';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { timeframeMs } from '../core/domain/time.js';
import { isSampleBar } from '../core/session/session.js';
import type { ArenaStore } from '../ports/arena-store.js';

/** Who took the account over when. */
export interface HandOverTold {
  /** Open of the first bar that it played. */
  readonly barMs: number;
  readonly generation: number;
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly costUsd: number;
  readonly equityUsd: number;
}

/** The paper account's journal as columns, one value per sample. */
export interface PaperHistory {
  readonly startMs: number;
  readonly lastBarMs: number;
  readonly timesMs: Float64Array;
  readonly equityUsd: Float64Array;
  readonly exposureFraction: Float64Array;
  readonly entries: readonly LedgerEntry[];
  readonly handOvers: readonly HandOverTold[];
  readonly rounds: number;
}

const handOverSchema = z.object({
  event: z.literal('hand-over'),
  generation: z.int(),
  to: z.string(),
  name: z.string(),
  source: z.string(),
  costUsd: z.number(),
  equityUsd: z.number(),
});

/** Reads up to round `last`, so that the account's file and its journal speak of the same moment. */
export function readPaperHistory(
  store: ArenaStore,
  timeframe: Parameters<typeof timeframeMs>[0],
  last: number,
): PaperHistory {
  const timesMs = new Float64Array(last);
  const equityUsd = new Float64Array(last);
  const exposureFraction = new Float64Array(last);
  const entries: LedgerEntry[] = [];
  const handOvers: HandOverTold[] = [];
  const barMs = timeframeMs(timeframe);
  let count = 0;
  let rounds = 0;
  let startMs = NaN;
  let lastBarMs = NaN;
  for (const round of store.rounds(1)) {
    if (round.seq > last) break;
    if (rounds === 0) startMs = round.barMs;
    for (const line of round.events) {
      const told = handOverSchema.safeParse(JSON.parse(line)).data;
      if (told === undefined) continue;
      const { generation, to, name, source, costUsd, equityUsd: equity } = told;
      handOvers.push({ barMs: round.barMs, generation, id: to, name, source, costUsd, equityUsd: equity });
    }
    for (let i = 0; i < ledgerCount(round.fills); i++) entries.push(readLedgerEntry(round.fills, i));
    rounds++;
    lastBarMs = round.barMs;
    if (!isSampleBar(barMs, round.barMs)) continue;
    timesMs[count] = round.barMs + barMs;
    equityUsd[count] = round.marks[0] ?? NaN;
    exposureFraction[count] = round.marks[1] ?? NaN;
    count++;
  }
  return {
    startMs,
    lastBarMs,
    timesMs: timesMs.subarray(0, count),
    equityUsd: equityUsd.subarray(0, count),
    exposureFraction: exposureFraction.subarray(0, count),
    entries,
    handOvers,
    rounds,
  };
}

/** How long one contestant traded the account, ms. */
export function tenureMs({ handOvers, timesMs }: PaperHistory, id: string): number {
  const end = timesMs.at(-1) ?? NaN;
  return handOvers.reduce((sum, told, i) => {
    const until = handOvers[i + 1]?.barMs ?? end;
    return told.id === id && until > told.barMs ? sum + until - told.barMs : sum;
  }, 0);
}
