import { z } from 'zod';
import { TIMEFRAMES } from '../core/domain/time.js';
import { folderProjections } from './wire.js';

/** What all three processes write; the arena counts rounds instead of naming a bar. */
const heartbeatSchema = z.looseObject({
  pid: z.int(),
  status: z.string(),
  writtenAt: z.string(),
  bar: z.string().nullish(),
  generation: z.int().optional(),
  lastError: z.string().nullish(),
  lastBarClosedAt: z.string().nullish(),
  timeframe: z.enum(TIMEFRAMES).optional(),
  faultyContestants: z.int().optional(),
  waitingFor: z.string().optional(),
  venueNow: z.string().optional(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** Undefined when there is none; `torn` when it cannot be read as one. */
export function readHeartbeat(folder: string): Heartbeat | 'torn' | undefined {
  const text = folderProjections(folder).read('.heartbeat');
  if (text === undefined) return undefined;
  try {
    return heartbeatSchema.parse(JSON.parse(text));
  } catch {
    return 'torn';
  }
}
