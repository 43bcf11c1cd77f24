import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Champion } from './champion.js';
import {
  DEFAULT_DEPLOY_POLICY,
  type DeployPolicy,
  type DeployerState,
  NO_DEPLOYMENT,
  type Trial,
  deployerStateSchema,
  improvement,
  mayReplace,
  rankTrials,
  stepDeployer,
} from './deployer.js';

function championNamed(name: string, source: Champion['source'] = 'trial'): Champion {
  return {
    id: name.padEnd(64, '0'),
    name,
    manifest: {
      kind: 'flat',
      version: 1,
      params: { name },
      symbols: ['A'],
      timeframe: '1h',
      instrument: 'spot',
      seed: 0,
    },
    source,
  };
}
const trial = (number: number, value: number, study = 's'): Trial => ({
  study,
  number,
  value,
  champion: championNamed(`${study}-${String(number)}`),
});
const fine = (): undefined => undefined;
const take = (
  state: DeployerState,
  trials: readonly Trial[],
  policy: DeployPolicy = DEFAULT_DEPLOY_POLICY,
  invalid: (t: Trial) => string | undefined = fine,
): ReturnType<typeof stepDeployer> => stepDeployer(state, { type: 'trials', trials, invalid }, policy);
const named = (step: ReturnType<typeof stepDeployer>): string[] =>
  step.effects.map(
    (e) =>
      `${e.effect} ${'champion' in e ? e.champion.name : 'champions' in e ? e.champions.map((c) => c.name).join(' ') : e.why}`,
  );

describe('the deployer', () => {
  it('deploys the best trial at once and feeds the champion and the next nine to the arena', () => {
    const step = take(
      NO_DEPLOYMENT,
      Array.from({ length: 14 }, (_, i) => trial(i, i)),
    );
    expect(named(step)).toEqual(['deployed s-13', 'fed s-13 s-12 s-11 s-10 s-9 s-8 s-7 s-6 s-5 s-4']);
    expect(step.state).toMatchObject({ generation: 1, training: { number: 13 } });
    expect(take(step.state, [trial(13, 13)]).effects, 'and does nothing twice').toEqual([]);
  });

  it('A-30: a worse trial is no improvement, whatever the signs', () => {
    expect(improvement(0.5, 0.4)).toBeCloseTo(-20, 9);
    expect(improvement(-0.5, -0.6)).toBeCloseTo(-20, 9);
    expect(improvement(-0.5, -0.4)).toBeCloseTo(20, 9);
    expect(improvement(0, -1)).toBe(-Infinity);
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        (a, b) => {
          expect(Math.sign(improvement(a, b))).toBe(Math.sign(b - a));
        },
      ),
    );
    const { state } = take(NO_DEPLOYMENT, [trial(1, -1)]);
    expect(take(state, [trial(1, -1), trial(2, -2)]).state.generation).toBe(1);
  });

  it('asks for enough improvement, within one study only', () => {
    const { state } = take(NO_DEPLOYMENT, [trial(1, 100)]);
    expect(mayReplace(state, trial(2, 100.5), DEFAULT_DEPLOY_POLICY)).toContain(
      '0.50 % better, 1 % are needed',
    );
    expect(mayReplace(state, trial(2, 101), DEFAULT_DEPLOY_POLICY)).toBeUndefined();
    expect(mayReplace(state, trial(2, 1e9, 'other'), DEFAULT_DEPLOY_POLICY)).toContain('cannot be compared');
  });

  it('what fails validation is refused with its reason, and the next best is tried at the next check', () => {
    const invalid = (t: Trial): string | undefined => (t.number === 2 ? 'it throws' : undefined);
    const first = take(NO_DEPLOYMENT, [trial(1, 1), trial(2, 2)], DEFAULT_DEPLOY_POLICY, invalid);
    expect(named(first)).toEqual(['rejected s-2', 'fed s-1']);
    expect(first.state.generation).toBe(0);
    const second = take(first.state, [trial(1, 1), trial(2, 2)], DEFAULT_DEPLOY_POLICY, invalid);
    expect(named(second)).toEqual(['deployed s-1']);
  });

  it('an approved champion is replaced by no trial, unless the policy says always', () => {
    const { state } = take(NO_DEPLOYMENT, [trial(1, 1)]);
    const approved: DeployerState = {
      ...state,
      champion: championNamed('approved', 'candidate'),
      training: null,
    };
    expect(take(approved, [trial(2, 5)]).state.champion?.name).toBe('approved');
    expect(
      take(approved, [trial(2, 5)], { ...DEFAULT_DEPLOY_POLICY, directDeploy: 'always' }).state.champion
        ?.name,
    ).toBe('s-2');
    expect(
      take(NO_DEPLOYMENT, [trial(2, 5)], { ...DEFAULT_DEPLOY_POLICY, directDeploy: 'never' }).state.champion,
    ).toBeNull();
  });

  it('A-35: rolls back to the champion before, once more to the one before that, and never to nobody', () => {
    let { state } = take(NO_DEPLOYMENT, [trial(1, 1)]);
    ({ state } = take(state, [trial(1, 1), trial(2, 2)]));
    ({ state } = take(state, [trial(1, 1), trial(2, 2), trial(3, 3)]));
    const back = stepDeployer(state, { type: 'rollback', reason: 'a test' }, DEFAULT_DEPLOY_POLICY);
    expect(named(back)).toEqual(['rolled-back s-2']);
    expect(back.state).toMatchObject({ generation: 4, champion: { name: 's-2', source: 'rollback' } });
    const again = take(back.state, [trial(1, 1), trial(2, 2), trial(3, 3)]);
    expect(again.state.champion?.name, 'what was rolled back does not return by itself').toBe('s-2');
    const further = stepDeployer(again.state, { type: 'rollback', reason: 'a test' }, DEFAULT_DEPLOY_POLICY);
    expect(further.state.champion?.name).toBe('s-1');
    const end = stepDeployer(further.state, { type: 'rollback', reason: 'a test' }, DEFAULT_DEPLOY_POLICY);
    expect(named(end)).toEqual(['refused there is no champion to go back to']);
    expect(end.state).toBe(further.state);
  });

  it('generations only ever rise by one, the state survives JSON, and values that are no numbers never win', () => {
    const trials = fc.array(
      fc.record({ number: fc.integer({ min: 0, max: 6 }), value: fc.oneof(fc.double(), fc.constant(NaN)) }),
      { maxLength: 12 },
    );
    const events = fc.array(fc.oneof(trials, fc.constant('rollback' as const)), { maxLength: 8 });
    fc.assert(
      fc.property(events, (list) => {
        let state = NO_DEPLOYMENT;
        for (const event of list) {
          const step =
            event === 'rollback'
              ? stepDeployer(state, { type: 'rollback', reason: 'x' }, DEFAULT_DEPLOY_POLICY)
              : take(
                  state,
                  event.map(({ number, value }) => trial(number, value)),
                );
          expect([0, 1]).toContain(step.state.generation - state.generation);
          expect(deployerStateSchema.parse(JSON.parse(JSON.stringify(step.state)))).toEqual(step.state);
          expect(new Set(step.state.fed.map((c) => c.id)).size).toBe(step.state.fed.length);
          state = step.state;
        }
      }),
    );
    expect(rankTrials([trial(1, NaN), trial(2, Infinity), trial(3, 1)]).map((t) => t.number)).toEqual([3]);
  });
});
