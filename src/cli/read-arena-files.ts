/** What the arena and the paper trader publish, as far as others decide by it. A torn or foreign file reads as absent. */
import { z } from 'zod';
import { type CandidateFile, candidateFileSchema } from '../core/deployment/candidate-file.js';
import type { FieldStanding, PaperReport, ProbationFigures } from '../core/deployment/deployer-state.js';
import { HOUR_MS } from '../core/domain/time.js';
import { HOW_TO_GO_BACK, evidenceOdds } from '../reporting/review-words.js';
import { folderProjections } from './wire.js';

const sinceSchema = z.looseObject({ name: z.string(), returnPct: z.number() });
const boardSchema = z.looseObject({
  to: z.string(),
  champion: sinceSchema
    .extend({
      generation: z.int(),
      since: z.string(),
      shadow: sinceSchema.nullable(),
      watch: z.looseObject({ e: z.number(), review: z.boolean() }).nullish(),
    })
    .nullable(),
  rows: z.array(
    z.looseObject({
      id: z.string(),
      role: z.string(),
      rank: z.int().nullable(),
      observedHours: z.number(),
      status: z.string(),
      notCandidate: z.string().nullable(),
    }),
  ),
});
type BoardFile = z.infer<typeof boardSchema>;

const reportSchema = z.looseObject({
  timestamp: z.string().nullable(),
  last_bar: z.string().nullable().optional(),
  generation: z.int(),
  fault: z.string().nullable(),
  refused_generation: z.int().nullable().optional(),
});

function read<T>(schema: z.ZodType<T>, folder: string, name: string): T | undefined {
  const text = folderProjections(folder).read(name);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function readCandidates(arenaFolder: string): CandidateFile | undefined {
  return read(candidateFileSchema, arenaFolder, 'promotion_candidate.json');
}

export function readBoard(arenaFolder: string): BoardFile | undefined {
  return read(boardSchema, arenaFolder, 'leaderboard.json');
}

export function fieldOf(board: BoardFile | undefined): ReadonlyMap<string, FieldStanding> {
  return new Map(
    (board?.rows ?? []).map((row) => [
      row.id,
      {
        observedHours: row.observedHours,
        rank: row.rank,
        leads: row.notCandidate === '' || row.role === 'champion' || row.role === 'shadow',
        retired: row.status === 'retired',
      },
    ]),
  );
}

export function probationOf(board: BoardFile | undefined): ProbationFigures | undefined {
  const champion = board?.champion;
  if (board === undefined || champion?.shadow === undefined || champion.shadow === null) return undefined;
  return {
    generation: champion.generation,
    hours: (Date.parse(board.to) - Date.parse(champion.since)) / HOUR_MS,
    returnPct: champion.returnPct,
    shadowName: champion.shadow.name,
    shadowReturnPct: champion.shadow.returnPct,
  };
}

/** What a person should hear of a champion under review; undefined where there is none. */
export function reviewOf(board: BoardFile | undefined): string | undefined {
  const champion = board?.champion;
  const watch = champion?.watch;
  if (champion === undefined || champion === null || watch?.review !== true) return undefined;
  return `champion ${champion.name} is under REVIEW: evidence of ${evidenceOdds(watch.e)} that a shadow does better; ${HOW_TO_GO_BACK}`;
}

/** `barMs` is the length of the arena's bars: the file names the close of the newest one. */
export function readPaperReport(paperFolder: string, barMs: number): PaperReport | undefined {
  const report = read(reportSchema, paperFolder, 'positions_state.json');
  if (report === undefined) return undefined;
  return {
    generation: report.generation,
    lastBarMs: report.timestamp === null ? null : Date.parse(report.timestamp) - barMs,
    fault: report.fault,
    refusedGeneration: report.refused_generation ?? null,
  };
}
