import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteReader } from '../domain/byte-reader.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { LEDGER_WIDTH } from '../domain/ledger.js';
import type { ShardPlay } from './shard-play.js';
import { readShardPlay, writeShardPlay } from './shard-play-codec.js';

const lines = (length: number): fc.Arbitrary<string[][]> =>
  fc.array(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }), {
    minLength: length,
    maxLength: length,
  });

const plays: fc.Arbitrary<ShardPlay> = fc
  .record({ seats: fc.integer({ min: 0, max: 4 }), length: fc.integer({ min: 0, max: 5 }) })
  .chain(({ seats, length }) => {
    const cells = { minLength: seats * length, maxLength: seats * length };
    return fc
      .record({
        equity: fc.array(fc.double(), cells),
        exposure: fc.array(fc.double(), cells),
        decided: fc.array(fc.integer({ min: 0, max: 3 }), cells),
        records: fc.array(fc.nat({ max: 3 }), { minLength: length, maxLength: length }),
        events: lines(length),
        decisions: lines(length),
        faults: lines(length),
      })
      .map(({ equity, exposure, decided, records, events, decisions, faults }) => {
        let end = 0;
        const ledgerEnds = Uint32Array.from(records, (count) => (end += count * LEDGER_WIDTH));
        return {
          positions: Array.from({ length: seats }, (_, i) => 3 * i),
          length,
          equityUsd: Float64Array.from(equity),
          grossExposureFraction: Float64Array.from(exposure),
          decided: Uint8Array.from(decided),
          ledger: Float64Array.from({ length: end }, (_, i) => i / 7),
          ledgerEnds,
          events,
          decisions,
          faults: faults.map((texts) => texts.map((fault, position) => ({ position, fault }))),
        };
      });
  });

function bytesOf(play: ShardPlay): Uint8Array {
  const out = createByteWriter();
  writeShardPlay(play, out);
  return out.finish();
}

describe('what a shard did, as bytes', () => {
  it('comes back bit for bit', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const input = createByteReader(bytesOf(play), 'a shard');
        expect(readShardPlay(input)).toEqual(play);
        input.end();
      }),
    );
  });

  it('is refused when its parts do not fit each other', () => {
    const play: ShardPlay = {
      positions: [4, 9],
      length: 2,
      equityUsd: new Float64Array(4),
      grossExposureFraction: new Float64Array(4),
      decided: new Uint8Array(4),
      ledger: new Float64Array(LEDGER_WIDTH),
      ledgerEnds: Uint32Array.of(0, LEDGER_WIDTH),
      events: [[], []],
      decisions: [[], []],
      faults: [[], []],
    };
    const read = (other: Partial<ShardPlay>): ShardPlay =>
      readShardPlay(createByteReader(bytesOf({ ...play, ...other }), 'a shard'));
    expect(read({})).toEqual(play);
    const misfits: Partial<ShardPlay>[] = [
      { positions: [4] },
      { length: 3 },
      { equityUsd: new Float64Array(3) },
      { grossExposureFraction: new Float64Array(5) },
      { decided: new Uint8Array(0) },
      { ledger: new Float64Array(0) },
      { ledgerEnds: Uint32Array.of(LEDGER_WIDTH, 0) },
      { ledgerEnds: Uint32Array.of(0, 5) },
      { events: [[]] },
      { decisions: [] },
      { faults: [[], [], []] },
    ];
    for (const other of misfits) expect(() => read(other)).toThrow(/does not fit its own counts/);
  });
});
