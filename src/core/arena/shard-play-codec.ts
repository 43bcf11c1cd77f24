/** A ShardPlay as bytes, for threads and queues: doubles bit for bit, texts as they are. */
import { z } from 'zod';
import type { ByteReader } from '../domain/byte-reader.js';
import type { ByteWriter } from '../domain/byte-writer.js';
import { LEDGER_WIDTH } from '../domain/ledger.js';
import { assertInvariant } from '../domain/problem.js';
import type { ShardPlay } from './shard-play.js';

const headSchema = z.strictObject({
  positions: z.array(z.int()),
  length: z.int().min(0),
  ledgerEnds: z.array(z.int()),
  events: z.array(z.array(z.string())),
  decisions: z.array(z.array(z.string())),
  faults: z.array(z.array(z.strictObject({ position: z.int(), fault: z.string() }))),
});

export function writeShardPlay(play: ShardPlay, out: ByteWriter): void {
  const { positions, length, events, decisions, faults } = play;
  const head: z.infer<typeof headSchema> = {
    positions: [...positions],
    length,
    ledgerEnds: [...play.ledgerEnds],
    events: events.map((lines) => [...lines]),
    decisions: decisions.map((lines) => [...lines]),
    faults: faults.map((changes) => [...changes]),
  };
  out.text(JSON.stringify(head));
  out.doubles(play.equityUsd);
  out.doubles(play.grossExposureFraction);
  out.bytes(play.decided);
  out.doubles(play.ledger);
}

/** Throws where the parts do not fit each other: nothing of it may reach a round then. */
export function readShardPlay(input: ByteReader): ShardPlay {
  const { ledgerEnds, ...head } = headSchema.parse(JSON.parse(input.text()));
  const play: ShardPlay = {
    ...head,
    ledgerEnds: Uint32Array.from(ledgerEnds),
    equityUsd: input.doubles(),
    grossExposureFraction: input.doubles(),
    decided: input.bytes(),
    ledger: input.doubles(),
  };
  const { positions, length } = play;
  const cells = positions.length * length;
  const rows = [ledgerEnds, play.events, play.decisions, play.faults];
  const columns = [play.equityUsd, play.grossExposureFraction, play.decided];
  const ascending = ledgerEnds.every((end, s) => end % LEDGER_WIDTH === 0 && end >= (ledgerEnds[s - 1] ?? 0));
  assertInvariant(
    rows.every((row) => row.length === length) &&
      columns.every((column) => column.length === cells) &&
      ascending &&
      play.ledger.length === (ledgerEnds.at(-1) ?? 0),
    () =>
      `what ${String(positions.length)} contestants did in ${String(length)} bars does not fit its own counts`,
  );
  return play;
}
