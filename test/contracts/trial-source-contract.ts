import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrialArchive } from '../../src/ports/trial-source.js';
import {
  type MadeParam,
  type MadeState,
  type MadeStudy,
  type MadeTrial,
  choice,
  externalParams,
  float,
  int,
  study,
  trial,
} from '../support/made-trials.js';

export interface TrialsUnderExam {
  readonly archive: TrialArchive;
  /** Makes the storage hold these studies from now on. */
  readonly write: (studies: readonly MadeStudy[]) => void;
  /** The file or folder that messages have to name. */
  readonly path: string;
}

/** One exam for every source of trials: the same facts give the same trials, whatever the form. */
export function trialSourceContract(name: string, open: () => TrialsUnderExam): void {
  const seen = (studies: readonly MadeStudy[]): unknown[] => {
    const { archive, write } = open();
    write(studies);
    return plain(archive);
  };

  describe(`${name} keeps the contract of trial sources`, () => {
    it('gives nothing and complains of nothing where no study is yet', () => {
      const { archive, write } = open();
      write([]);
      expect(archive.read()).toEqual({ trials: [], unfit: [], studies: [], rubbish: [] });
    });

    it('gives study, number, value, parameters as the script saw them, attributes and the contestant', () => {
      expect(seen([EVERYTHING])).toEqual(expected([EVERYTHING]));
      expect(seen([EVERYTHING])[0]).toMatchObject({
        study: 'everything',
        number: 0,
        params: { fast: 8, kind_of: 'ema', long: true, pct: 0.30000000000000004, nothing: null },
        attributes: { sharpe: 1.5, notes: { tags: ['a', 'ü'] } },
      });
    });

    it('counts completed trials only, by their own numbers', () => {
      const states: MadeState[] = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING', 'COMPLETE'];
      const mixed = study(
        'mixed',
        states.map((state, i) =>
          trial(state, state === 'COMPLETE' || state === 'PRUNED' ? [i] : [], { fast: int(i + 1) }),
        ),
      );
      expect(seen([mixed])).toMatchObject([
        { number: 1, value: 1, params: { fast: 2 } },
        { number: 5, value: 5, params: { fast: 6 } },
      ]);
    });

    it('turns the values of a study that minimises and keeps the original', () => {
      const loss = study('loss', [trial('COMPLETE', [0.25]), trial('COMPLETE', [-3])], 'minimize');
      expect(seen([loss])).toMatchObject([
        { value: -0.25, objective: 0.25, direction: 'minimize' },
        { value: 3, objective: -3 },
      ]);
    });

    it('has no negative zero, which would be another value in a journal', () => {
      const [only] = seen([study('zero', [trial('COMPLETE', [0])], 'minimize')]) as { value: number }[];
      expect(Object.is(only?.value, 0)).toBe(true);
    });

    it('keeps names in any script, with slashes, quotes and spaces', () => {
      const names = ['größe/训练 №1 "x" \u{1F680}', "Robert'); DROP TABLE studies;--", ' ', '__proto__'];
      const studies = names.map((one) => study(one, [trial('COMPLETE', [1], { fast: int(3) })]));
      expect((seen(studies) as { study: string }[]).map((one) => one.study).sort()).toEqual(names.sort());
    });

    it('sees what was added since it looked last, and gives the same when nothing was', () => {
      const { archive, write } = open();
      const one = trial('COMPLETE', [1], { fast: int(3) });
      for (let count = 1; count <= 3; count++) {
        write([
          study(
            'grows',
            Array.from({ length: count }, () => one),
          ),
        ]);
        expect(archive.read().trials).toHaveLength(count);
        expect(archive.read()).toEqual(archive.read());
      }
    });

    it('counts the trials of each study by state', () => {
      const { archive, write } = open();
      const two = trial('COMPLETE', [1]);
      write([study('a', [two, two, trial('PRUNED', [0.5])]), study('b', [two], 'minimize')]);
      expect(
        archive
          .read()
          .studies.map(({ study: of, direction, states }) => ({ of, direction, states }))
          .sort((a, b) => a.of.localeCompare(b.of)),
      ).toEqual([
        { of: 'a', direction: 'maximize', states: { COMPLETE: 2, PRUNED: 1 } },
        { of: 'b', direction: 'minimize', states: { COMPLETE: 1 } },
      ]);
    });

    it('names its file with every trial', () => {
      const { archive, write, path } = open();
      write([EVERYTHING]);
      for (const { where, storage } of archive.read().trials) {
        expect(where).toContain(path);
        expect(storage).toContain(path);
      }
    });

    it('agrees with the facts for any studies', () => {
      const { archive, write } = open();
      fc.assert(
        fc.property(anyStudies, (studies) => {
          write(studies);
          expect(plain(archive)).toEqual(expected(studies));
          expect(archive.read().rubbish).toEqual([]);
        }),
        { numRuns: 25 },
      );
    });
  });
}

const EVERYTHING = study('everything', [
  trial(
    'COMPLETE',
    [1.25],
    {
      fast: int(8),
      slow: int(100, { log: true }),
      pct: float(0.30000000000000004, { step: 0.1 }),
      rate: float(2.940241648981959e-6, { log: true }),
      kind_of: choice(1, ['sma', 'ema']),
      long: choice(0, [true, false]),
      nothing: choice(2, [1, 2.5, null]),
    },
    { sharpe: 1.5, notes: { tags: ['a', 'ü'] } },
  ),
  trial('COMPLETE', [-0.5], { fast: int(9), long: choice(1, [true, false]) }),
]);

/** Trials without where they lie, in one order. */
function plain(archive: TrialArchive): unknown[] {
  return archive
    .read()
    .trials.map(({ study: of, number, value, objective, direction, params, attributes, contestant }) => ({
      study: of,
      number,
      value,
      objective,
      direction,
      params,
      attributes,
      contestant,
    }))
    .sort((a, b) => (a.study < b.study ? -1 : a.study > b.study ? 1 : a.number - b.number));
}

/** What the facts say. */
function expected(studies: readonly MadeStudy[]): unknown[] {
  return studies
    .flatMap(({ name, directions, trials }) =>
      trials.flatMap((made, number) => {
        const [objective] = made.values;
        if (made.state !== 'COMPLETE' || made.values.length !== 1 || !Number.isFinite(objective)) return [];
        return [
          {
            study: name,
            number,
            value: directions[0] === 'minimize' ? 0 - (objective ?? NaN) : objective,
            objective,
            direction: directions[0],
            params: externalParams(made),
            attributes: made.attributes,
            contestant: { kind: 'sma-cross', params: externalParams(made) },
          },
        ];
      }),
    )
    .sort((a, b) => (a.study < b.study ? -1 : a.study > b.study ? 1 : a.number - b.number));
}

// Python writes -0.0 and JSON.stringify does not: the sign of a zero is no fact about a trial. Storages before 3.0 say
// infinity with the largest 32-bit float, so numbers of that size are none that they can hold.
const finite = fc.double({ noNaN: true, min: -1e30, max: 1e30 }).map((value) => value + 0);
const CHOICES = ['sma', 'ema', true, null, 3, 'größe'];
/** One distribution for each name, as a study has it. */
const anyParams: fc.Arbitrary<Record<string, MadeParam>> = fc.record(
  {
    fast: fc.integer({ min: 1, max: 500 }).map((value) => int(value)),
    rate: finite.map((value) => float(value)),
    'with space': fc.nat({ max: CHOICES.length - 1 }).map((index) => choice(index, CHOICES)),
  },
  { requiredKeys: [] },
);
const anyTrial: fc.Arbitrary<MadeTrial> = fc
  .record({
    state: fc.constantFrom<MadeState>('COMPLETE', 'COMPLETE', 'PRUNED', 'FAIL', 'RUNNING', 'WAITING'),
    value: finite,
    params: anyParams,
    attributes: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 2,
    }),
  })
  .map(({ state, value, params, attributes }) =>
    trial(
      state,
      state === 'COMPLETE' ? [value] : [],
      params,
      // As it comes back from JSON.
      JSON.parse(JSON.stringify(attributes)) as Record<string, unknown>,
    ),
  );
const anyStudies: fc.Arbitrary<MadeStudy[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      trials: fc.array(anyTrial, { maxLength: 6 }),
      direction: fc.constantFrom('maximize' as const, 'minimize' as const),
    })
    .map(({ name, trials, direction }) => study(name, trials, direction)),
  { selector: (one) => one.name, maxLength: 3 },
);
