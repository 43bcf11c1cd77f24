/** What the three processes left behind: compared with an undisturbed run, and counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dumpJournal } from '../../app/dump-journal.js';
import { Problem } from '../../core/domain/problem.js';
import { journalOf, sha256 } from '../wire.js';

const FOLDERS = ['arena_state', 'deployments', 'paper_trades'] as const;
const FILES = [
  'arena_state/leaderboard.txt',
  'arena_state/leaderboard.json',
  'deployments/deployment_state.json',
  'deployments/deployment_log.json',
  'paper_trades/positions_state.json',
  'paper_trades/trades.csv',
  'paper_trades/equity.csv',
];

/** A digest of all three journals and of the files that follow from them. */
export function fingerprint(folder: string): string {
  const parts = FOLDERS.flatMap((name) => {
    const store = journalOf(join(folder, name), true);
    try {
      return [...dumpJournal(store)];
    } finally {
      store.close();
    }
  });
  return sha256([...parts, ...FILES.map((name) => readFileSync(join(folder, name), 'utf8'))].join('\n'));
}

/** How far each journal is; 0 where there is none yet, or only an empty file of a writer that died making it. */
export function progressOf(folder: string): number[] {
  return FOLDERS.map((name) => {
    try {
      const store = journalOf(join(folder, name), true);
      try {
        return store.lastCommit()?.seq ?? 0;
      } finally {
        store.close();
      }
    } catch (error) {
      if (error instanceof Problem && error.kind === 'not-running') return 0;
      throw error;
    }
  });
}

const eventSchema = z.looseObject({
  event: z.string(),
  generation: z.int().optional(),
  /** Id of the champion: named differently by who writes it. */
  champion: z.string().nullish(),
  to: z.string().optional(),
  id: z.string().optional(),
});
type Event = z.infer<typeof eventSchema>;

function eventsOf(folder: string, name: string): { bars: number[]; events: Event[] } {
  const store = journalOf(join(folder, name), true);
  try {
    const bars: number[] = [];
    const events: Event[] = [];
    for (const round of store.rounds(1)) {
      bars.push(round.barMs);
      for (const line of round.events) events.push(eventSchema.parse(JSON.parse(line)));
    }
    return { bars, events };
  } finally {
    store.close();
  }
}

export interface Findings {
  /** Bars that one journal has more than once. */
  readonly doubled: number;
  /** Generations whose champion is not the same one for deployer, paper trader and arena. */
  readonly twoChampions: number;
  /** Generations or requests that took effect more than once. */
  readonly repeatedPromotions: number;
}

export function findingsOf(folder: string): Findings {
  const [arena, deployer, paper] = FOLDERS.map((name) => eventsOf(folder, name));
  if (arena === undefined || deployer === undefined || paper === undefined)
    throw new Error('a journal is missing');
  const champions = (
    events: readonly Event[],
    names: readonly string[],
    id: (e: Event) => unknown,
  ): unknown[][] => events.filter((e) => names.includes(e.event)).map((e) => [e.generation, id(e)]);
  const decided = champions(deployer.events, ['deployed', 'promoted', 'rolled-back'], (e) => e.champion);
  const traded = champions(paper.events, ['hand-over'], (e) => e.to);
  const followed = champions(arena.events, ['champion'], (e) => e.id);
  const who = new Map(decided.map(([generation, id]) => [generation, id]));
  return {
    doubled: [arena, deployer, paper].reduce((sum, one) => sum + one.bars.length - new Set(one.bars).size, 0),
    twoChampions: [...traded, ...followed].filter(([generation, id]) => who.get(generation) !== id).length,
    repeatedPromotions:
      [decided, traded, followed].reduce((sum, list) => sum + repeats(list.map(([g]) => g)), 0) +
      [arena, deployer, paper].reduce(
        (sum, one) => sum + repeats(one.events.filter((e) => e.event === 'request').map((e) => e.id)),
        0,
      ),
  };
}

function repeats(values: readonly unknown[]): number {
  return values.length - new Set(values).size;
}
