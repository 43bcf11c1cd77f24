import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Champion } from './champion.js';
import {
  DEFAULT_DEPLOY_POLICY,
  type DeployPolicy,
  type DeployerEvent,
  type DeployerState,
  type FieldStanding,
  NO_DEPLOYMENT,
  type OfferedCandidate,
  type Trial,
  deployerStateSchema,
} from './deployer-state.js';
import { stepDeployer } from './deployer.js';
import { improvement, mayReplace, rankTrials } from './take-trials.js';

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
  trials: 40,
  champion: championNamed(`${study}-${String(number)}`),
});
const fine = (): undefined => undefined;
const take = (
  state: DeployerState,
  trials: readonly Trial[],
  policy: DeployPolicy = DEFAULT_DEPLOY_POLICY,
  invalid: (t: Trial) => string | undefined = fine,
  field: ReadonlyMap<string, FieldStanding> = new Map(),
): ReturnType<typeof stepDeployer> =>
  stepDeployer(settled(state), { type: 'trials', trials, invalid, field, nextBarMs: 1000 }, policy);
/** Whatever change was under way has succeeded. */
const settled = (state: DeployerState): DeployerState => ({
  ...state,
  phase: state.champion === null ? 'none' : 'active',
});
const rollback = (state: DeployerState, reason = 'a test'): ReturnType<typeof stepDeployer> =>
  stepDeployer(state, { type: 'rollback', reason, nextBarMs: 1000 }, DEFAULT_DEPLOY_POLICY);
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

  it('keeps with everybody it feeds which trial it was, and among how many at that moment', () => {
    const { state } = take(NO_DEPLOYMENT, [trial(1, 1), trial(2, 2)]);
    const origin = (number: number): object => ({ study: 's', number, value: number, trials: 40 });
    expect(state.training).toEqual(origin(2));
    expect(state.fed.map(({ training }) => training)).toEqual([origin(2), origin(1)]);
    const later = take(state, [trial(1, 1), trial(2, 2), { ...trial(0, 0), trials: 90 }]).state;
    expect(later.fed.map(({ training }) => training?.trials)).toEqual([40, 40, 90]);
    expect(deployerStateSchema.parse(JSON.parse(JSON.stringify(later)))).toEqual(later);
    const { trials: _trials, ...old } = { ...origin(2), trials: 0 };
    expect(deployerStateSchema.parse({ ...later, training: old }).training, 'an older state').toEqual(old);
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
    const state = settled(take(NO_DEPLOYMENT, [trial(1, 100)]).state);
    expect(mayReplace(state, trial(2, 100.5), DEFAULT_DEPLOY_POLICY, 1000)).toContain(
      '0.50 % better, 1 % are needed',
    );
    expect(mayReplace(state, trial(2, 101), DEFAULT_DEPLOY_POLICY, 1000)).toBeUndefined();
    expect(mayReplace(state, trial(2, 1e9, 'other'), DEFAULT_DEPLOY_POLICY, 1000)).toContain(
      'cannot be compared',
    );
  });

  it('A-31: what fails validation is refused with its reason, and the next best is tried at the next check', () => {
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
    const back = rollback(state);
    expect(named(back)).toEqual(['rolled-back s-2']);
    expect(back.state).toMatchObject({ generation: 4, champion: { name: 's-2', source: 'rollback' } });
    const again = take(back.state, [trial(1, 1), trial(2, 2), trial(3, 3)]);
    expect(again.state.champion?.name, 'what was rolled back does not return by itself').toBe('s-2');
    const further = rollback(again.state);
    expect(further.state.champion?.name).toBe('s-1');
    const end = rollback(further.state);
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
              ? rollback(state, 'x')
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

describe('decisions of people', () => {
  const candidate = championNamed('winner', 'candidate');
  const deployed = settled(take(NO_DEPLOYMENT, [trial(1, 1)]).state);
  const offer = (more: Partial<OfferedCandidate['freeze']['evidence']> = {}): OfferedCandidate => ({
    champion: candidate,
    intact: true,
    freeze: {
      position: 3,
      hash: 'a'.repeat(64),
      expiresMs: 2000,
      evidence: {
        contestant: candidate.id,
        cutBarMs: 0,
        cohort: 1,
        cohortSize: 5,
        ageHours: 200,
        returnPct: 5,
        championReturnPct: 1,
        leadPoints: 4,
        sharpe: 2,
        maxDrawdownPct: -1,
        trades: 9,
        winPct: 50,
        sharpeLow: null,
        sharpeHigh: null,
        longestFallDays: 0,
        gate: null,
        cohorts: 1,
        champion: deployed.champion?.id ?? null,
        generation: 1,
        verdict: 'leading_not_proven',
        planPolicy: 'keep',
        ...more,
      },
    },
  });
  const approve = (
    state: DeployerState,
    offered: OfferedCandidate | undefined,
    more: Partial<Extract<DeployerEvent, { type: 'approve' }>> = {},
    override: string | undefined = 'I know',
  ): ReturnType<typeof stepDeployer> =>
    stepDeployer(
      state,
      {
        type: 'approve',
        request: { hash: 'a'.repeat(64), planCostUsd: 10, override },
        offered,
        planCostUsd: 15,
        nextBarMs: 1000,
        ...more,
      },
      DEFAULT_DEPLOY_POLICY,
    );

  it('an approval promotes once, from the next bar on, at no more than half above the cost that was shown', () => {
    const step = approve(deployed, offer());
    expect(named(step)).toEqual(['promoted winner']);
    expect(step.state).toMatchObject({
      generation: 2,
      champion: { name: 'winner', source: 'candidate' },
      training: null,
      phase: 'starting',
      fromBarMs: 1000,
      maxHandoverCostUsd: 15,
    });
    expect(named(approve(settled(step.state), offer()))).toEqual(['refused it was approved before']);
    expect(
      step.state.fed.map((fed) => fed.name),
      'it goes on in the arena',
    ).toContain('winner');
  });

  it.each([
    ['expired', offer(), { nextBarMs: 2000 }, 'expired'],
    ['gone', undefined, {}, 'no such candidate'],
    ['edited', { ...offer(), intact: false }, {}, 'the file was changed'],
    ['of another generation', offer({ generation: 0 }), {}, 'the champion has changed'],
    ['against another champion', offer({ champion: 'other' }), {}, 'the champion has changed'],
    ['dearer than allowed', offer(), { planCostUsd: 15.01 }, 'would cost 15.01 USD now'],
    ['before the clock has begun', offer(), { nextBarMs: null }, 'expired'],
  ] as const)('an approval of evidence that is %s is refused', (_name, offered, more, why) => {
    const step = approve(deployed, offered, more);
    expect(named(step)[0]).toContain(why);
    expect(step.state).toBe(deployed);
  });

  it('who is not proven needs a reason, who is proven does not', () => {
    expect(named(approve(deployed, offer(), {}, ' '))[0]).toContain('needs an override');
    expect(approve(deployed, offer({ verdict: 'promotable' }), {}, '').state.generation).toBe(2);
  });

  it('of approve and reject the first one holds', () => {
    const reject = { type: 'reject', hash: 'a'.repeat(64), reason: 'no' } as const;
    const rejected = stepDeployer(deployed, reject, DEFAULT_DEPLOY_POLICY);
    expect(named(rejected)).toEqual(['candidate-rejected no']);
    expect(named(approve(rejected.state, offer()))).toEqual(['refused it was rejected before']);
    const approved = approve(deployed, offer()).state;
    expect(named(stepDeployer(approved, reject, DEFAULT_DEPLOY_POLICY))).toEqual([
      'refused it was approved before',
    ]);
  });

  it('A-34: a change is healthy when the paper trader reports it, active a bar later, and rolled back when it cannot run', () => {
    const promoted = approve(deployed, offer()).state;
    const says = (
      state: DeployerState,
      generation: number,
      lastBarMs: number,
      more: object = {},
    ): ReturnType<typeof stepDeployer> =>
      stepDeployer(
        state,
        {
          type: 'report',
          report: { generation, lastBarMs, fault: null, refusedGeneration: null, ...more },
          nextBarMs: 3000,
        },
        DEFAULT_DEPLOY_POLICY,
      );
    expect(says(promoted, 1, 1000).state, 'the old one still runs').toBe(promoted);
    const healthy = says(promoted, 2, 1000);
    expect(named(healthy)).toEqual(['stopped s-1', 'healthy winner']);
    expect(says(healthy.state, 2, 1000).state, 'no bar since').toBe(healthy.state);
    const active = says(healthy.state, 2, 2000);
    expect(named(active)).toEqual(['active winner']);
    expect(says(active.state, 2, 3000).effects).toEqual([]);
    for (const [state, more] of [
      [promoted, { refusedGeneration: 2 }],
      [healthy.state, { fault: 'it threw' }],
    ] as const) {
      const back = says(state, 2, 2000, more);
      expect(named(back)).toEqual(['failed winner', 'rolled-back s-1']);
      expect(back.state).toMatchObject({
        generation: 3,
        champion: { source: 'rollback' },
        phase: 'starting',
      });
    }
    const first = take(NO_DEPLOYMENT, [trial(1, 1)]).state;
    expect(says(first, 1, 1000, { fault: 'it threw' }).state, 'nobody to go back to').toMatchObject({
      phase: 'failed',
      generation: 1,
    });
  });

  it('one change at a time: no trial is deployed while a promotion is under way', () => {
    const promoted = approve(deployed, offer()).state;
    const step = stepDeployer(
      { ...promoted, training: null },
      { type: 'trials', trials: [trial(9, 1e6)], invalid: fine, field: new Map(), nextBarMs: 1000 },
      { ...DEFAULT_DEPLOY_POLICY, directDeploy: 'always' },
    );
    expect(step.state.generation).toBe(2);
  });

  it('a promoted champion that trails its shadow raises one review and is never switched by itself', () => {
    const promoted = settled(approve(deployed, offer()).state);
    const look = (state: DeployerState, returnPct: number, hours = 30): ReturnType<typeof stepDeployer> =>
      stepDeployer(
        state,
        {
          type: 'probation',
          figures: { generation: 2, hours, returnPct, shadowName: 's-1', shadowReturnPct: 1 },
        },
        DEFAULT_DEPLOY_POLICY,
      );
    expect(look(promoted, 0).effects).toEqual([]);
    expect(look(promoted, -1, 169).effects, 'probation is over').toEqual([]);
    const review = look(promoted, -1);
    expect(named(review)).toEqual(['review winner']);
    expect(review.state).toEqual({ ...promoted, reviewed: 2 });
    expect(look(review.state, -9).effects).toEqual([]);
  });
});

describe('places in the arena', () => {
  const fed = (n: number): Trial[] => Array.from({ length: n }, (_, i) => trial(i, i));
  const standing = (rank: number, more: Partial<FieldStanding> = {}): FieldStanding => ({
    observedHours: 200,
    rank,
    leads: false,
    retired: false,
    ...more,
  });
  const NEVER: DeployPolicy = { ...DEFAULT_DEPLOY_POLICY, directDeploy: 'never' };

  it('A-18: a better trial takes the place of the worst that had its seven days; nobody enters twice', () => {
    const { state } = take(NO_DEPLOYMENT, fed(9), NEVER);
    const field = new Map(state.fed.map((one, i) => [one.id, standing(i + 1)]));
    const step = take(state, [...fed(9), trial(99, 50)], NEVER, fine, field);
    expect(named(step)).toEqual(['displaced s-0', 'fed s-99']);
    expect(step.state.fed).toHaveLength(9);
    const again = take(step.state, [...fed(9), trial(99, 50)], NEVER, fine, field);
    expect(again.effects).toEqual([]);
  });

  it('who is young, leads, or stands first keeps its place, and the new one waits', () => {
    const { state } = take(NO_DEPLOYMENT, fed(9), NEVER);
    const field = new Map(
      state.fed.map((one, i) => [
        one.id,
        i === 0
          ? standing(1)
          : i === 1
            ? standing(2, { leads: true })
            : standing(i + 1, { observedHours: 100 }),
      ]),
    );
    expect(take(state, [...fed(9), trial(99, 50)], NEVER, fine, field).effects).toEqual([]);
    expect(take(state, [...fed(9), trial(99, 50)], NEVER).effects, 'nothing known of them').toEqual([]);
  });
});
