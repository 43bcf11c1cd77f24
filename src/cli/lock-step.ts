/**
 * Lock step: arena, deployer and paper trader take one bar after the other, so that three processes give the same
 * bytes in every run, however often they are killed. Trading does not need it; proofs do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { TimeMs } from '../core/domain/time.js';
import { readBoard } from './read-arena-files.js';
import { folderProjections } from './wire.js';

const POLL_MS = 3;

const seenSchema = z.looseObject({ seen_bar: z.string().nullable() });
const nextSchema = z.looseObject({ next_bar: z.string() });

function read<T>(schema: z.ZodType<T>, folder: string, name: string): T | undefined {
  const text = folderProjections(folder).read(name);
  return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
}

function paperHas(folder: string, barMs: TimeMs): boolean {
  const next = read(nextSchema, folder, 'positions_state.json')?.next_bar;
  return next !== undefined && Date.parse(next) > barMs;
}

function deployerHas(folder: string, barMs: TimeMs): boolean {
  const seen = read(seenSchema, folder, 'deployment_state.json')?.seen_bar ?? null;
  return seen !== null && Date.parse(seen) >= barMs;
}

async function until(reached: () => boolean, stopped: () => boolean): Promise<void> {
  while (!stopped() && !reached()) await sleep(POLL_MS);
}

/** The arena waits until both others have dealt with its newest bar. */
export function othersAreDone(
  deployments: string,
  paper: string,
  barMs: TimeMs,
  stopped: () => boolean,
): Promise<void> {
  return until(() => paperHas(paper, barMs) && deployerHas(deployments, barMs), stopped);
}

/** The deployer waits for a bar that it has not seen, until the arena's files show it and the paper trader has played it. */
export function arenaAndPaperAreDone(
  deployments: string,
  arena: string,
  paper: string,
  clock: () => TimeMs,
  barMs: () => number,
  stopped: () => boolean,
): Promise<void> {
  return until(() => {
    const now = clock();
    if (Number.isNaN(now) || deployerHas(deployments, now) || !paperHas(paper, now)) return false;
    return Date.parse(readBoard(arena)?.to ?? '') === now + barMs();
  }, stopped);
}
