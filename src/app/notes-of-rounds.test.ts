import { describe, expect, it } from 'vitest';
import type { StoredRound } from '../ports/arena-store.js';
import { refuseHandover } from '../core/deployment/paper.js';
import type { Note } from '../ports/notifier.js';
import { notesOfArenaRounds } from './notes-of-arena-rounds.js';
import { notesOfDeployerRound } from './notes-of-deployer-round.js';
import { notesOfPaperRounds } from './notes-of-paper-rounds.js';

const BAR = Date.UTC(2026, 0, 12);
function round(seq: number, ...events: object[]): StoredRound {
  return {
    seq,
    barMs: BAR,
    marketDigest: '',
    events: events.map((event) => JSON.stringify(event)),
    decisions: [],
    fills: new Float64Array(0),
    marks: new Float64Array(0),
    previousHash: '',
    hash: 'abcdef0123456789',
  };
}
const heads = (notes: readonly Note[]): string[] =>
  notes.map((note) => `${note.event} ${note.level}: ${note.title}`);

describe('notes of the paper trader', () => {
  const refusing = { refusedGeneration: 0 };
  const handOver = {
    event: 'hand-over',
    generation: 3,
    from: 'a',
    to: 'b',
    name: 'narrow',
    source: 'approved',
    equityUsd: 10_123.456,
    costUsd: 4.2049,
    steps: [
      { symbol: 'A', action: 'keep', quantity: 3.25 },
      { symbol: 'B', action: 'close', quantity: -2 },
    ],
  };

  it('tell a hand-over with its positions and its cost, and the same round always the same', () => {
    const [note] = notesOfPaperRounds([round(7, handOver)], 'GENERATED prices, seed 1');
    expect(note).toEqual({
      event: 'promoted',
      level: 'info',
      title: 'narrow trades the paper account, generation 3',
      text: 'keep A 3.25\nclose B -2',
      at: BAR,
      facts: {
        generation: 3,
        'equity USD': 10_123.46,
        'cost USD': 4.2,
        'positions: close': 1,
        'positions: keep': 1,
        market: 'GENERATED prices, seed 1',
      },
      key: 'paper-7-abcdef01-0',
    });
    expect(notesOfPaperRounds([round(7, handOver)], 'GENERATED prices, seed 1')).toEqual([note]);
  });

  it('tell kills, resumes, breakers, rollbacks and refused hand-overs, and nothing else', () => {
    const notes = notesOfPaperRounds(
      [
        round(
          1,
          { event: 'request', id: 'x', accepted: true },
          { event: 'killed', reason: 'smoke', flatten: true },
        ),
        round(2, { event: 'resumed', reason: 'aired' }, { event: 'somebody-newer', reason: 'x' }),
        round(3, {
          event: 'breaker-tripped',
          c: 0,
          breaker: 'day',
          lossFraction: 0.0612,
          limitFraction: 0.05,
        }),
        round(4, { ...handOver, source: 'rollback' }),
        round(5, JSON.parse(refuseHandover(refusing, 4, { missing: ['X', 'Y'] })) as object),
        round(6, JSON.parse(refuseHandover(refusing, 5, { costUsd: 31.234, maxCostUsd: 20 })) as object),
      ],
      'm',
    );
    expect(heads(notes)).toEqual([
      'killed critical: the paper trader was killed: smoke',
      'resumed warning: the paper trader may enter again: aired',
      'breaker critical: the day breaker of the paper account tripped',
      'rolled-back warning: narrow trades the paper account, generation 3, after a rollback',
      'refused warning: the hand-over to generation 4 was refused',
      'refused warning: the hand-over to generation 5 was refused',
    ]);
    expect(notes[2]?.text).toContain('6.12 %');
    expect(notes[4]?.text).toContain('no X, Y.');
    expect(notes[5]?.text).toContain('cost 31.23 USD, and at most 20.00 USD was allowed');
  });
});

describe('notes of the arena', () => {
  it('tell candidates and stale data, not the breakers of contestants', () => {
    const evidence = {
      contestant: 'c1',
      verdict: 'leading_not_proven',
      generation: 2,
      ageHours: 168,
      returnPct: 4,
      leadPoints: 3.5,
      sharpe: 1,
    };
    const candidate = { event: 'candidate-frozen', name: 'slow', hash: 'f'.repeat(64), evidence };
    const again = { ...candidate, hash: 'e'.repeat(64), evidence: { ...evidence, leadPoints: 4 } };
    const proven = { ...candidate, evidence: { ...evidence, verdict: 'promotable' } };
    const notes = notesOfArenaRounds(
      [
        round(1, candidate, { event: 'breaker-tripped', c: 4, breaker: 'day' }),
        round(2, again, proven),
        round(3, { event: 'data-stale', symbol: 'A', lastBarMs: BAR }),
      ],
      'm',
    );
    expect(heads(notes)).toEqual([
      'candidate-ready info: slow stands at the gate: leading not proven',
      'candidate-ready info: slow stands at the gate: leading not proven',
      'candidate-ready info: slow stands at the gate: promotable',
      'data-stale warning: no new data of A',
    ]);
    const [first, second, other] = notes;
    expect(first?.key).toBe(second?.key);
    expect(first?.key).not.toBe(other?.key);
    expect(first?.facts).toEqual({
      verdict: 'leading_not_proven',
      hours: 168,
      returnPct: 4,
      leadPoints: 3.5,
      sharpe: 1,
      market: 'm',
    });
    expect(notes[3]?.text).toContain('2026-01-12 00:00 UTC');
  });
});

describe('notes of a champion under review', () => {
  const event = {
    event: 'champion-review',
    c: 4,
    name: 'fast',
    generation: 3,
    shadow: 2,
    shadowName: 'slow',
    e: 20.44,
  };

  it('warn once, say what it means, and how to go back', () => {
    const [note, ...more] = notesOfArenaRounds([round(5, event)], 'm');
    expect(more).toEqual([]);
    expect(note).toEqual({
      event: 'review',
      level: 'warning',
      title: 'the champion fast should be looked at: slow, which it displaced, does better',
      text:
        'The evidence is 20.4 to 1; an equal champion comes to 20 to 1 at most once in 20 in its whole life. ' +
        'Nothing was switched: npm run rollback -- --reason "..." goes back to the champion before.',
      at: BAR,
      facts: { generation: 3, shadow: 'slow', evidence: '20.4 to 1', market: 'm' },
      key: 'champion-review-3-fast',
    });
  });

  it('tell evidence that has grown beyond all measure as more than a million', () => {
    const [note] = notesOfArenaRounds([round(5, { ...event, e: 3e299 })], 'm');
    expect(note?.text).toContain('more than 1,000,000 to 1;');
  });
});

describe('notes of the deployer', () => {
  const at = { event: 'at', bar: BAR };
  it('tell what it journals, at the bar of the arena', () => {
    const said = [
      {
        event: 'deployed',
        effect: 'deployed',
        champion: 'c'.repeat(64),
        name: 'fast',
        generation: 2,
        why: 'trial 4',
      },
      { event: 'rejected', champion: 'd', name: 'wild', why: 'too much risk' },
      { event: 'rolled-back', champion: 'e', name: 'first', generation: 3, reason: 'looks odd' },
      { event: 'refused', what: 'rollback', why: 'there is no champion to go back to' },
      { event: 'promoted', name: 'slow', generation: 4 },
      { event: 'review', name: 'slow', why: 'trails its shadow' },
      { event: 'alarm', what: 'paper and arena differ', why: '3 %' },
      { event: 'fed', champions: ['x'] },
      { event: 'constructor' },
    ];
    const notes = notesOfDeployerRound(round(9, ...said, at));
    expect(heads(notes)).toEqual([
      'deployed info: fast is deployed, generation 2',
      'refused info: wild was not deployed',
      'rolled-back warning: back to first, generation 3',
      'refused warning: rollback was refused',
      'approved info: slow was approved and is promoted, generation 4',
      'review warning: slow should be looked at',
      'review critical: alarm: paper and arena differ',
    ]);
    expect(new Set(notes.map((note) => note.key)).size).toBe(7);
    expect(notes.every((note) => note.at === BAR)).toBe(true);
    expect(notes[0]).toMatchObject({ text: 'trial 4', facts: { generation: 2 } });
  });

  it('have no bar before the first one', () => {
    const [note] = notesOfDeployerRound(
      round(1, { event: 'refused', what: 'x', why: 'y' }, { event: 'at', bar: null }),
    );
    expect(note?.at).toBeNaN();
  });
});
