import { z } from 'zod';
import { openedSchema } from '../core/deployment/quote-events.js';
import { ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import { timeframeMs, type Timeframe } from '../core/domain/time.js';
import type { StoredRound } from '../ports/arena-store.js';
import { tradeRow } from '../reporting/paper-files.js';

const handOverSchema = z.object({ event: z.literal('hand-over'), to: z.string(), generation: z.int() });

/** Who ran the account when; carried from round to round. */
export interface Reign {
  champion: string;
  generation: number;
}

export interface PaperLines {
  readonly trades: readonly string[];
  readonly equity: readonly string[];
}

/** The lines of `trades.csv` and `equity.csv` that these rounds add; moves `reign` on. */
export function linesOf(
  rounds: Iterable<StoredRound>,
  reign: Reign,
  market: { readonly symbols: readonly string[]; readonly timeframe: Timeframe },
): PaperLines {
  const trades: string[] = [];
  const equity: string[] = [];
  const barMs = timeframeMs(market.timeframe);
  for (const round of rounds) {
    const before = reign.champion;
    /** Fills at quotes before a change of champion in the same bar. */
    let early = 0;
    for (const line of round.events) {
      early = openedSchema.safeParse(JSON.parse(line)).data?.fills ?? early;
      const handOver = handOverSchema.safeParse(JSON.parse(line));
      if (!handOver.success) continue;
      reign.champion = handOver.data.to;
      reign.generation = handOver.data.generation;
    }
    for (let i = 0; i < ledgerCount(round.fills); i++) {
      const order = `${String(round.seq)}-${String(i + 1)}`;
      const champion = i < early ? before : reign.champion;
      const row = tradeRow(readLedgerEntry(round.fills, i), order, champion, market.symbols);
      if (row !== undefined) trades.push(row);
    }
    equity.push(
      [
        new Date(round.barMs + barMs).toISOString(),
        String(round.marks[0] ?? NaN),
        String(round.marks[1] ?? NaN),
        reign.champion.slice(0, 8),
        String(reign.generation),
      ].join(','),
    );
  }
  return { trades, equity };
}
