import { describe, expect, it } from 'vitest';
import { gateRules } from './gate-rules.js';
import { judgeCohort } from './judge-cohort.js';
import { addTallies, openTally, promotedByLook, recordOf, simulateArenas } from './simulate-gate.js';
import { type GateModel, playSimulatedArena } from './simulated-arena.js';

const NO_SKILL: GateModel = {
  contestants: 10,
  skilled: 10,
  sharpe: 0,
  days: 30,
  annualVolatilityPct: 60,
  rules: gateRules(),
  seed: 1,
};
const ARENAS = 1_000;

/** statistics.md section 1 has 3.5 % for this; 1,000 arenas have a standard error of 0.6 points. */
const RIGHT_SHARE = { least: 0.018, most: 0.053 };

/** The share of arenas in which the gate promotes anybody. */
function anyShare(model: GateModel, play = playSimulatedArena): number {
  return recordOf(simulateArenas(model, 0, ARENAS, play), 'gate', model).any?.share ?? NaN;
}

describe('without skill, ten contestants, thirty days', () => {
  it('the gate promotes anybody in about 3.5 % of arenas', () => {
    const share = anyShare(NO_SKILL);
    expect(share).toBeGreaterThan(RIGHT_SHARE.least);
    expect(share).toBeLessThan(RIGHT_SHARE.most);
  });

  it('the naive rule promotes somebody always, and three of four of all', () => {
    const naive = recordOf(simulateArenas(NO_SKILL, 0, 300), 'naive', NO_SKILL);
    expect(naive.any?.share).toBe(1);
    expect(naive.each?.share).toBeGreaterThan(0.73);
    expect(naive.each?.share).toBeLessThan(0.79);
  });

  it.each<[string, GateModel, typeof playSimulatedArena]>([
    [
      'does not count how many were tried (no Holm)',
      NO_SKILL,
      (model, arena) =>
        playSimulatedArena(model, arena, (cohort) => judgeCohort({ ...cohort, familySize: 1 })),
    ],
    [
      'spends the whole budget at every look',
      { ...NO_SKILL, rules: { alpha: 0.1, looks: gateRules().looks.map((look) => ({ ...look, share: 1 })) } },
      playSimulatedArena,
    ],
    ['asks for half the evidence', { ...NO_SKILL, rules: gateRules('year', 0.2) }, playSimulatedArena],
    [
      'passes who keeps the base rules',
      NO_SKILL,
      (model, arena) =>
        playSimulatedArena(model, arena, (cohort) =>
          judgeCohort(cohort).map((one) =>
            one.verdict === 'leading_not_proven' ? { ...one, verdict: 'promotable' } : one,
          ),
        ),
    ],
    ['never passes anybody', NO_SKILL, (model, arena) => playSimulatedArena(model, arena, () => [])],
  ])('a gate that %s is out of the bounds', (_, model, play) => {
    const share = anyShare(model, play);
    expect(share > RIGHT_SHARE.least && share < RIGHT_SHARE.most, `promoted ${String(share)}`).toBe(false);
  });
});

describe('with skill', () => {
  it('of Sharpe 5 one among ten is proven within 180 days in about 72 % of arenas', () => {
    const model = { ...NO_SKILL, skilled: 1, sharpe: 5, days: 180 };
    const tally = simulateArenas(model, 0, 300);
    const gate = recordOf(tally, 'gate', model);
    // Three standard errors at 300 arenas.
    expect(gate.each?.share).toBeGreaterThan(0.64);
    expect(gate.each?.share).toBeLessThan(0.8);
    expect(gate.anyUnskilled?.share, 'the others still have none').toBeLessThan(0.12);
    const byLook = promotedByLook(tally, model).map((range) => range?.share ?? NaN);
    expect(
      [...byLook].sort((a, b) => a - b),
      'it only grows',
    ).toEqual(byLook);
    expect(byLook[5], 'the look on day 180').toBe(gate.each?.share);
    expect(byLook[6], 'a look that was not reached adds nothing').toBe(byLook[5]);
  });

  it('the gate tells skill from luck and the naive rule does not', () => {
    const model = { ...NO_SKILL, sharpe: 5 };
    const odds = (rule: 'gate' | 'naive'): number => {
      const share = (of: GateModel): number =>
        recordOf(simulateArenas(of, 0, 300), rule, of).each?.share ?? NaN;
      return share(model) / share(NO_SKILL);
    };
    expect(odds('gate')).toBeGreaterThan(8);
    expect(odds('naive')).toBeLessThan(1.5);
  });
});

describe('tallies', () => {
  it('add up to the same whatever parts the arenas were played in', () => {
    const model = { ...NO_SKILL, skilled: 3, sharpe: 8 };
    const whole = simulateArenas(model, 0, 60);
    const parts = [simulateArenas(model, 41, 60), simulateArenas(model, 0, 7), simulateArenas(model, 7, 41)];
    expect(parts.reduce(addTallies, openTally(model))).toEqual(whole);
    expect(whole.gate.skilled, 'there was something to add').toBeGreaterThan(5);
  });

  it('have no share of those without skill where all have it, and the whole where nobody has', () => {
    const able = { ...NO_SKILL, sharpe: 5 };
    expect(recordOf(simulateArenas(able, 0, 1), 'gate', able).anyUnskilled).toBeUndefined();
    const { any, anyUnskilled } = recordOf(simulateArenas(NO_SKILL, 0, 5), 'naive', NO_SKILL);
    expect(any?.share).toBe(1);
    expect(anyUnskilled).toEqual(any);
    expect(recordOf(openTally(NO_SKILL), 'gate', NO_SKILL).any, 'nothing without arenas').toBeUndefined();
  });
});
