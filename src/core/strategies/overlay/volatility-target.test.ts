import { describe, expect, it } from 'vitest';
import { bar, marketOf } from '../../../../test/support/made-market.js';
import { FREE, NO_LIMITS, sessionFor } from '../../../../test/support/scripted-kind.js';
import { type DecisionRecord, decideSession } from '../../session/decide.js';
import { advanceSession, type Session } from '../../session/session.js';
import { createKinds } from '../catalog.js';

const kinds = createKinds();
const overlay = kinds.find('volatility-target');
if (overlay === undefined) throw new Error('no overlay');
const parse = (raw: unknown): ReturnType<typeof overlay.manifest.parameters.safeParse> =>
  overlay.manifest.parameters.safeParse(raw);

/** A rise with a zigzag of `amplitude` around it: its volatility is about that. */
function zigzag(amplitudes: readonly number[]): ReturnType<typeof bar>[] {
  let last = 100;
  return amplitudes.map((amplitude, i) => {
    const close = (100 + i * 0.01) * (1 + (i % 2 === 0 ? amplitude : -amplitude));
    const made = bar(last, close);
    last = close;
    return made;
  });
}

function run(amplitudes: readonly number[], raw: object): { session: Session; weights: number[] } {
  const market = marketOf([zigzag(amplitudes)]);
  const session = sessionFor(overlay ?? never(), market, {
    params: parse(raw).data,
    costs: FREE,
    limits: NO_LIMITS,
  });
  const weights: number[] = [];
  const keep: DecisionRecord[] = [];
  for (let t = 0; t < market.length; t++) {
    advanceSession(session, t);
    decideSession(session, t, keep);
    weights.push(session.grossExposureFraction);
  }
  return { session, weights };
}

function never(): never {
  throw new Error('unreachable');
}

const HOURS_PER_YEAR = 8760;
const ALWAYS_IN = { of: { kind: 'donchian-breakout', params: { entry: 2, exit: 4999 } }, period: 20 };

describe('the volatility overlay', () => {
  it('sizes for the target: half of it in a market twice as wild', () => {
    const calm = run(new Array<number>(100).fill(0.002), { ...ALWAYS_IN, annual: 0.2 });
    const wild = run(new Array<number>(100).fill(0.004), { ...ALWAYS_IN, annual: 0.2 });
    const weight = (weights: number[]): number => weights.at(-1) ?? NaN;
    expect(weight(calm.weights)).toBeGreaterThan(0.3);
    expect(weight(wild.weights) / weight(calm.weights)).toBeCloseTo(0.5, 1);
    // The zigzag's log returns are about plus and minus twice its amplitude.
    expect(weight(calm.weights)).toBeCloseTo(0.2 / (0.004 * Math.sqrt(HOURS_PER_YEAR)), 1);
  });

  it('is never larger than its inner kind times the largest factor', () => {
    const { weights } = run(new Array<number>(100).fill(0.0001), { ...ALWAYS_IN, annual: 5 });
    expect(Math.max(...weights)).toBeLessThanOrEqual(1 + 1e-9);
    expect(Math.max(...weights)).toBeGreaterThan(0.9);
  });

  it('resizes a held position when its volatility has moved beyond the band, and leaves it alone within', () => {
    const amplitudes = [...new Array<number>(60).fill(0.002), ...new Array<number>(60).fill(0.006)];
    const moved = run(amplitudes, { ...ALWAYS_IN, annual: 0.2 });
    const kept = run(amplitudes, { ...ALWAYS_IN, annual: 0.2, band: 10 });
    expect(moved.session.account.fills).toBeGreaterThan(1);
    expect(kept.session.account.fills).toBe(1);
    // A third, give or take the band.
    const ratio = (moved.weights.at(-1) ?? 1) / (moved.weights[59] ?? 1);
    expect(ratio).toBeGreaterThan(0.25);
    expect(ratio).toBeLessThan(0.45);
  });

  it('opens nothing while the volatility is unknown', () => {
    const { weights } = run(new Array<number>(20).fill(0.002), { ...ALWAYS_IN, annual: 0.2 });
    expect(weights.slice(0, 20).every((weight) => weight === 0)).toBe(true);
  });

  it.each([
    ['an unknown kind', { of: { kind: 'smaa-cross' } }, 'no kind "smaa-cross"'],
    [
      'wrong parameters of the inner kind',
      { of: { kind: 'sma-cross', params: { fast: 50, slow: 10 } } },
      'sma-cross: fast',
    ],
    ['a benchmark', { of: { kind: 'buy-and-hold' } }, 'cannot be wrapped'],
    ['itself', { of: { kind: 'volatility-target' } }, 'no kind'],
  ])('refuses %s', (_name, raw, words) => {
    expect(parse(raw).error?.issues[0]?.message).toContain(words);
  });
});
