import { describe, expect, it } from 'vitest';
import { arenaOn } from '../../test/support/made-arena.js';
import { flatBars, marketOf } from '../../test/support/made-market.js';
import { readContestantRow, storedContestant } from './stored-contestants.js';

const ENTRY = { kind: 'sma-cross', params: { fast: 2, slow: 5 } };
const contestantOf = (entry: object): Parameters<typeof storedContestant>[0] => {
  const [seat] = arenaOn(marketOf([flatBars(100, 10)]), entry).seats;
  if (seat === undefined) throw new Error('nobody joined');
  return seat.contestant;
};

describe("a contestant's row", () => {
  it('gives the contestant back, with the training behind it', () => {
    const trained = contestantOf({ ...ENTRY, training: { study: 'x', trial: 17, trials: 412 } });
    const retired = { ...trained, retired: { barMs: 5, reason: 'a test' } };
    for (const contestant of [trained, retired, contestantOf(ENTRY)])
      expect(readContestantRow(storedContestant(contestant))).toEqual(contestant);
  });

  it('from before training was kept is read as one without', () => {
    const row = storedContestant(contestantOf(ENTRY));
    expect(row.body).not.toContain('training');
    expect(readContestantRow(row)).not.toHaveProperty('training');
  });
});
