import { describe, expect, it } from 'vitest';
import { totalReturn } from '../metrics/returns.js';
import { sharpe } from '../metrics/sharpe.js';
import { gateRules } from './gate-rules.js';
import { judgeCohort } from './judge-cohort.js';
import { testSeries } from './series-evidence.js';
import { UNCHECKED } from './shortfall.js';
import {
  type ArenaOutcome,
  type GateModel,
  playSimulatedArena,
  simulatedReturns,
} from './simulated-arena.js';

const HOURS_PER_YEAR = 8760;
const MODEL: GateModel = {
  contestants: 5,
  skilled: 2,
  sharpe: 12,
  days: 30,
  annualVolatilityPct: 60,
  rules: gateRules('season-30'),
  seed: 7,
};

/** The plain way: whole series, the gate's own functions on their beginnings, the naive rule spelled out. */
function plainOutcome(model: GateModel, arena: number): ArenaOutcome {
  const hours = 24 * model.days;
  const drawn = (who: number | 'market'): number[] => {
    const draw = simulatedReturns(model, arena, who);
    return Array.from({ length: hours }, draw);
  };
  const market = drawn('market');
  const all = Array.from({ length: model.contestants }, (_, who) => drawn(who));
  const pctOf = (series: readonly number[]): number => 100 * (totalReturn(series) ?? NaN);

  const verdicts = model.rules.looks.map((look) =>
    judgeCohort({
      rules: model.rules,
      lookHours: look.hours,
      familySize: model.contestants,
      candidates: all.map((series, key) => {
        const own = series.slice(0, look.hours);
        return {
          key,
          base: {
            returnPct: pctOf(own),
            championReturnPct: 0,
            sharpe: sharpe(own, HOURS_PER_YEAR),
          },
          integrity: UNCHECKED,
          tests: testSeries(
            own,
            own.map(() => 0),
            market.slice(0, look.hours),
          ),
        };
      }),
    }),
  );
  const first = (index: number): number | undefined => (index === -1 ? undefined : index);
  return {
    gateLooks: all.map((_, who) => first(verdicts.findIndex((look) => look[who]?.verdict === 'promotable'))),
    naiveHours: all.map((series) => {
      for (let age = 168; age <= hours; age++) {
        const own = series.slice(0, age);
        if (pctOf(own) > 2 && (sharpe(own, HOURS_PER_YEAR) ?? 0) > 0) return age;
      }
      return undefined;
    }),
  };
}

describe('a simulated arena', () => {
  it('ends as the plain way through whole series does', () => {
    const outcomes = Array.from({ length: 60 }, (_, arena) => playSimulatedArena(MODEL, arena));
    outcomes.forEach((outcome, arena) => {
      expect(outcome).toEqual(plainOutcome(MODEL, arena));
    });
    // Something to agree on: every kind of outcome came.
    const looks = new Set(outcomes.flatMap((outcome) => outcome.gateLooks));
    expect(looks, 'promoted at every look, and never').toEqual(new Set([undefined, 0, 1, 2]));
    const hours = new Set(outcomes.flatMap((outcome) => outcome.naiveHours));
    expect(hours.has(undefined)).toBe(true);
    expect(hours.has(168)).toBe(true);
    expect(hours.size).toBeGreaterThan(10);
  });

  it('gives a contestant the same returns whoever else runs', () => {
    const alone = { ...MODEL, contestants: 1, skilled: 1 };
    for (let arena = 0; arena < 20; arena++)
      expect(playSimulatedArena(alone, arena).naiveHours[0]).toBe(
        playSimulatedArena(MODEL, arena).naiveHours[0],
      );
  });

  it('draws returns of the skill that it names: none, exactly, without', () => {
    const draws = 400_000;
    const measuredSharpe = (who: number): number => {
      const draw = simulatedReturns(MODEL, 0, who);
      const series = Float64Array.from({ length: draws }, draw);
      return sharpe(series, HOURS_PER_YEAR) ?? NaN;
    };
    // One standard error (Lo 2002).
    const error = Math.sqrt(HOURS_PER_YEAR / draws);
    expect(Math.abs(measuredSharpe(0) - MODEL.sharpe)).toBeLessThan(4 * error);
    expect(Math.abs(measuredSharpe(4))).toBeLessThan(4 * error);
  });
});
