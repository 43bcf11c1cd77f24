/** What is sent for a shard of the field, and what comes back. Whoever plays it needs nothing else but the market. */
import { z } from 'zod';
import type { ArenaRules, Seat } from '../core/arena/arena.js';
import { manifestSchema } from '../core/arena/manifest-schema.js';
import { type ShardPlay } from '../core/arena/shard-play.js';
import { readShardPlay, writeShardPlay } from '../core/arena/shard-play-codec.js';
import { createByteReader } from '../core/domain/byte-reader.js';
import { createByteWriter } from '../core/domain/byte-writer.js';
import type { TimeMs } from '../core/domain/time.js';
import { readSession, writeSession } from '../core/session/session-codec.js';
import type { Session } from '../core/session/session.js';
import { costsSchema, limitsSchema } from './arena-settings.js';

const contestantSchema = z.strictObject({ position: z.int(), name: z.string(), manifest: manifestSchema });
const shardSchema = z.strictObject({
  cashUsd: z.number(),
  costs: costsSchema,
  limits: limitsSchema,
  /** Stretches of the roster: each gives a part of the block. */
  stretches: z.array(z.array(contestantSchema)),
});
const slotsSchema = z.strictObject({ fromMs: z.number(), toMs: z.number() });

/** Who plays: the same text for the same contestants, so that whoever played them before knows them again. */
export type Shard = z.infer<typeof shardSchema>;

export interface ShardJob {
  readonly shardText: string;
  readonly fromMs: TimeMs;
  /** Not played any more. */
  readonly toMs: TimeMs;
  /** Of all sessions, one after another. */
  readonly states: Uint8Array;
}

export interface ShardResult {
  readonly plays: readonly ShardPlay[];
  readonly states: Uint8Array;
}

export function shardText(
  { rules }: { readonly rules: Pick<ArenaRules, 'cashUsd' | 'costs' | 'limits'> },
  stretches: readonly (readonly Seat[])[],
): string {
  const { cashUsd, costs, limits } = rules;
  return JSON.stringify({
    cashUsd,
    costs,
    limits,
    stretches: stretches.map((seats) =>
      seats.map(({ contestant: { position, name, manifest } }) => ({ position, name, manifest })),
    ),
  });
}

export function parseShard(text: string): Shard {
  return shardSchema.parse(JSON.parse(text));
}

export function writeShardJob({ shardText: text, fromMs, toMs, states }: ShardJob): Uint8Array {
  const out = createByteWriter();
  out.text(text);
  out.text(JSON.stringify({ fromMs, toMs }));
  out.bytes(states);
  return out.finish();
}

export function readShardJob(bytes: Uint8Array): ShardJob {
  const input = createByteReader(bytes, 'the job of a shard');
  const text = input.text();
  const slots = slotsSchema.parse(JSON.parse(input.text()));
  const states = input.bytes();
  input.end();
  return { shardText: text, ...slots, states };
}

export function writeShardResult({ plays, states }: ShardResult): Uint8Array {
  const out = createByteWriter();
  out.uint32(plays.length);
  for (const play of plays) writeShardPlay(play, out);
  out.bytes(states);
  return out.finish();
}

export function readShardResult(bytes: Uint8Array): ShardResult {
  const input = createByteReader(bytes, 'the result of a shard');
  const plays = Array.from({ length: input.uint32() }, () => readShardPlay(input));
  const states = input.bytes();
  input.end();
  return { plays, states };
}

/** Without cards: the arena keeps those. */
export function writeStates(sessions: readonly Session[]): Uint8Array {
  const out = createByteWriter();
  for (const session of sessions) writeSession(session, out, []);
  return out.finish();
}

export function readStates(sessions: readonly Session[], states: Uint8Array): void {
  const input = createByteReader(states, 'the state of a shard');
  for (const session of sessions) readSession(session, input);
  input.end();
}
