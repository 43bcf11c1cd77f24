import { describe, expect, it } from 'vitest';
import { foldDeployments } from './fold-deployments.js';

type Line = Readonly<Record<string, unknown>>;
const fold = (...steps: Line[][]): ReturnType<typeof foldDeployments> =>
  foldDeployments(
    steps.map((events, i) => ({ seq: i + 1, events: events.map((event) => JSON.stringify(event)) })),
  );
const change = (event: string, champion: string, generation: number, more: Line = {}): Line => ({
  event,
  champion,
  name: champion,
  generation,
  why: 'a test',
  ...more,
});
const promoted = (champion: string, generation: number): Line =>
  change('promoted', champion, generation, {
    hash: `hash of ${champion}`,
    verdict: 'leading_not_proven',
    override: 'a test',
    fromBarMs: 0,
  });

describe('foldDeployments', () => {
  it('gives champion, those before it, who was fed, displaced and rejected, and what was decided', () => {
    const result = fold(
      [change('deployed', 'a', 1), { event: 'fed', champions: ['a', 'b'] }],
      [change('healthy', 'a', 1)],
      [promoted('c', 2)],
      [{ event: 'displaced', champion: 'b', why: 'room' }],
      [{ event: 'candidate-rejected', what: 'd', why: 'no', hash: 'hash of d' }],
    );
    expect(result).toMatchObject({
      generation: 2,
      champion: 'c',
      phase: 'starting',
      previous: ['a'],
      fed: ['a', 'c'],
      displaced: ['b'],
      decided: [
        { hash: 'hash of c', how: 'approved' },
        { hash: 'hash of d', how: 'rejected' },
      ],
    });
    expect(result.promotions[0]?.before).toEqual({ champion: 'a', generation: 1 });
  });

  it('a failed change goes back in the same step, and whoever failed is remembered', () => {
    const result = fold(
      [change('deployed', 'a', 1)],
      [promoted('c', 2)],
      [change('failed', 'c', 2), change('rolled-back', 'a', 3)],
    );
    expect(result).toMatchObject({ generation: 3, champion: 'a', phase: 'starting', previous: [] });
    expect(result.rejected).toEqual({ c: 'rolled back: a test' });
  });

  it.each([
    [
      'a generation twice',
      [[change('deployed', 'a', 1)], [promoted('b', 1)]],
      'is decided after generation 1',
    ],
    ['a generation left out', [[change('deployed', 'a', 2)]], 'step 1: generation 2 is decided after'],
    [
      'a rollback to somebody else',
      [[change('deployed', 'a', 1)], [promoted('b', 2)], [change('rolled-back', 'c', 3)]],
      'step 3: rolled back to c',
    ],
    ['an event that nobody writes', [[{ event: 'crowned' }]], 'step 1: an event has the wrong shape'],
    ['a promotion without its hash', [[change('promoted', 'a', 1)]], 'has the wrong shape'],
  ])('refuses %s', (_what, steps, words) => {
    expect(() => fold(...steps)).toThrow(words);
  });
});
