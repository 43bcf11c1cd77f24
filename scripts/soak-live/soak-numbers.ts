/** Numbers of a live arena that are measured beside the soak: what contestants cost the exchange, and how long a round takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALM_TIMEOUT_MS, type SoakLife, playOn } from './run-soak.js';
import { soakMarket } from './soak-market.js';

export interface CalmLife {
  readonly contestants: number;
  readonly symbols: number;
  readonly rounds: number;
  readonly requests: number;
  readonly requestsPerRound: number;
  /** From the last candles' arrival to the commit, in milliseconds: half of the rounds, and all of them, took at most so long. */
  readonly commitMedianMs: number;
  readonly commitMaxMs: number;
  /** Work of the process within that: half of the rounds took at most so much. */
  readonly commitMedianCpuMs: number;
}

const DAY_SLOTS = 24;
/** The first rounds are compiled while they run. */
const WARM_ROUNDS = 4;

/** One calm day. */
export async function measureCalmDay(seed: number, symbols: number, contestants: number): Promise<CalmLife> {
  const table = soakMarket(seed, DAY_SLOTS, symbols);
  const folder = mkdtempSync(join(tmpdir(), 'soak-numbers-'));
  try {
    const life: SoakLife = await playOn(table, () => ({ counts: () => ({}) }), {
      folder,
      symbols: table.symbols,
      slots: DAY_SLOTS,
      contestants,
      instrument: 'spot',
      kills: [],
      timeoutMs: CALM_TIMEOUT_MS,
    });
    const commits = life.played.commits.slice(WARM_ROUNDS);
    const sorted = (times: readonly number[]): number[] => [...times].sort((a, b) => a - b);
    const times = sorted(commits.map(({ ms }) => ms));
    const cpuTimes = sorted(commits.map(({ cpuMs }) => cpuMs));
    return {
      contestants,
      symbols,
      rounds: life.played.rounds,
      requests: life.requests,
      requestsPerRound: life.requests / life.played.rounds,
      commitMedianMs: times[times.length >> 1] ?? NaN,
      commitMaxMs: times.at(-1) ?? NaN,
      commitMedianCpuMs: cpuTimes[times.length >> 1] ?? NaN,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
