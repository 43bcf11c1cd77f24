import { describe, expect, it } from 'vitest';
import { type MadeBar, bar, marketOf, perpetual } from '../../../../test/support/made-market.js';
import { FREE, NO_LIMITS, sessionFor } from '../../../../test/support/scripted-kind.js';
import { type DecisionRecord, decideSession } from '../../session/decide.js';
import { advanceSession } from '../../session/session.js';
import { erase } from '../catalog.js';
import { pairsSpread } from './pairs-spread.js';

const PARAMS = { period: 20, entry: 2, exit: 0.5, abandon: 6 };

/** The second symbol stands at 100 and moves with the market; the first is `spread` (log) above it. */
function played(
  spread: readonly number[],
  shocks: readonly number[] = [],
  raw: object = {},
): {
  story: string[];
  equity: number[];
  gross: number[];
} {
  const second = spread.map((_, i) => 100 * Math.exp((shocks[i] ?? 0) + Math.sin(i) / 100));
  const first = spread.map((s, i) => (second[i] ?? 0) * Math.exp(s));
  const bars = (closes: readonly number[]): MadeBar[] =>
    closes.map((close, i) => bar(closes[i - 1] ?? close, close));
  const market = marketOf([bars(first), bars(second)], { instruments: [perpetual('A'), perpetual('B')] });
  const params = pairsSpread.manifest.parameters.parse({ ...PARAMS, ...raw });
  const session = sessionFor(erase(pairsSpread), market, { params, costs: FREE, limits: NO_LIMITS });
  const story: string[] = [];
  const equity: number[] = [];
  const gross: number[] = [];
  for (let t = 0; t < market.length; t++) {
    const keep: DecisionRecord[] = [];
    advanceSession(session, t);
    decideSession(session, t, keep);
    for (const { why, intents } of keep)
      story.push(
        `${why.code}${intents.map((i) => ` ${i.kind}${'side' in i ? ` ${i.side}` : ''} ${i.symbol}`).join(',')}`,
      );
    equity.push(session.equityUsd);
    gross.push(session.grossExposureFraction);
  }
  return { story: story.filter((line) => !/^(no-spread|flat|held)$/.test(line)), equity, gross };
}

const noise = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0.002 : -0.002));

describe('the spread of a pair', () => {
  it('shorts the dear one and buys the cheap one, and takes both off when the spread is normal again', () => {
    const { story, equity } = played([...noise, 0.02, 0.02, 0.01, 0, 0, 0]);
    expect(story).toEqual(['spread-high open short A, open long B', 'normal close A, close B']);
    expect((equity.at(-1) ?? 0) > (equity[0] ?? 0), 'the spread came back').toBe(true);
    expect(played([...noise, -0.02, -0.02, -0.01, 0, 0, 0]).story[0]).toBe(
      'spread-low open long A, open short B',
    );
  });

  it('does not care where the market goes: both legs are the same size', () => {
    const spread = [...noise, 0.02, ...new Array<number>(6).fill(0.02)];
    const still = played(spread).equity.at(-1) ?? NaN;
    const shocked =
      played(
        spread,
        spread.map((_, i) => (i > 32 ? 0.3 : 0)),
      ).equity.at(-1) ?? NaN;
    expect(Math.abs(shocked / still - 1)).toBeLessThan(0.01);
  });

  it('spends its exposure on both legs together, and the hedge on the second', () => {
    const { gross } = played([...noise, 0.02, 0.02, 0.02], [], { exposure: 0.8, hedge: 1 });
    expect(gross.at(-1)).toBeCloseTo(0.8, 1);
  });

  it('gives up a spread that runs away, and waits until it has been normal before the next', () => {
    const far = [
      ...noise,
      0.02,
      0.02,
      0.3,
      0.3,
      ...new Array<number>(30).fill(0.3),
      ...noise.map((n) => n + 0.3),
    ];
    const { story } = played(far);
    expect(story[0]).toBe('spread-high open short A, open long B');
    expect(story[1]).toMatch(/^(abandoned|normal)/);
    const ran = played([...noise, 0.012, 0.012, 0.08, 0.08, 0.08], [], { abandon: 3.5 }).story;
    expect(ran).toEqual(['spread-high open short A, open long B', 'abandoned close A, close B', 'waiting']);
  });

  it('closes a leg that was left alone', () => {
    // At 20 times exposure a jump of the short leg liquidates it; the other must not stay.
    const jump = [...noise, 0.02, 0.02, 0.12, 0.12, 0.12];
    const { story } = played(jump, [], { exposure: 10, abandon: 40 });
    expect(story).toContain('leg-alone close B');
  });

  it('does nothing with a pair that stands still', () => {
    expect(played(new Array<number>(60).fill(0)).story).toEqual([]);
  });

  it.each([
    ['exit above entry', { exit: 3 }],
    ['entry above abandon', { entry: 9 }],
  ])('refuses %s', (_name, raw) => {
    expect(pairsSpread.manifest.parameters.safeParse({ ...PARAMS, ...raw }).success).toBe(false);
  });
});
