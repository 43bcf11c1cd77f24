import { describe, expect, it } from 'vitest';
import { type HeldPosition, planHandover } from './plan-handover.js';

const COSTS = { takerFee: 0.0005, halfSpread: 0.0002, slippage: 0.0003, impact: 0 };
const held = (symbol: string, quantity: number, stopPrice = NaN, markPrice = 100): HeldPosition => ({
  symbol,
  quantity,
  markPrice,
  stopPrice,
});
const plan = (
  positions: readonly HeldPosition[],
  symbols: readonly string[],
  takesShorts = false,
): ReturnType<typeof planHandover> =>
  planHandover({ positions, equityUsd: 10_000 }, { symbols, takesShorts }, COSTS);
const actions = (of: ReturnType<typeof plan>): string[] =>
  of.steps.map((step) => `${step.symbol} ${step.action}`);

describe('the plan of a hand-over', () => {
  it('keeps what the new champion trades, at no cost', () => {
    const made = plan([held('A', 10), held('B', 5, 90)], ['A', 'B']);
    expect(actions(made)).toEqual(['A keep', 'B keep']);
    expect([made.costUsd, made.equityBeforeUsd]).toEqual([0, 10_000]);
  });

  it('between universes that share nothing, goes by the stop alone', () => {
    const made = plan([held('A', 10, 95), held('B', 20)], ['C']);
    expect(actions(made)).toEqual(['A orphan', 'B close']);
    // 20 x 100 USD, at 5 + 2 + 3 basis points.
    expect(made.steps.map((step) => step.costUsd)).toEqual([0, expect.closeTo(2, 9)]);
    expect(made.costUsd).toBeCloseTo(2, 9);
    expect(made.steps[0]?.why).toContain('keeps its stop at 95');
  });

  it('all orphaned, all closed, or nothing at all', () => {
    expect(actions(plan([held('A', 1, 90), held('B', -1, 110)], []))).toEqual(['A orphan', 'B orphan']);
    expect(actions(plan([held('A', 1), held('B', -1)], []))).toEqual(['A close', 'B close']);
    expect(plan([], ['A'])).toEqual({ steps: [], costUsd: 0, equityBeforeUsd: 10_000 });
    expect(actions(plan([held('A', 0, 90)], []))).toEqual([]);
  });

  it('a short stays with one who takes shorts, or under a stop, and is closed otherwise', () => {
    expect(actions(plan([held('A', -10)], ['A'], true))).toEqual(['A keep']);
    expect(actions(plan([held('A', -10, 110)], ['A']))).toEqual(['A keep']);
    const closed = plan([held('A', -10)], ['A']);
    expect(actions(closed)).toEqual(['A close']);
    expect(closed.costUsd).toBeCloseTo(1, 9);
    expect(actions(plan([held('A', 10)], ['A'], true)), 'a long to one who takes both').toEqual(['A keep']);
  });

  it('without any cash it is the same plan: closing frees money and needs none', () => {
    const positions = [held('A', 50), held('B', 50)];
    const poor = planHandover({ positions, equityUsd: 0 }, { symbols: ['A'], takesShorts: false }, COSTS);
    expect(actions(poor)).toEqual(actions(plan(positions, ['A'])));
  });

  it('is the same for the same account: nothing depends on who asks or how often', () => {
    const positions = [held('A', 10, 95), held('B', 20), held('C', -1)];
    expect(plan(positions, ['C'])).toEqual(plan([...positions], ['C']));
  });
});
