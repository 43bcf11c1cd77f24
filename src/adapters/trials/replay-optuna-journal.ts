/**
 * Optuna's JournalFile is a list of operations; the studies are what remains after all of them were done in order.
 * Ids are never written down: a study's or a trial's id is the count of those made before it. So every operation must
 * be understood, and the rules for those that Optuna itself passes over are kept (optuna/storages/journal/_storage.py).
 */
import { z } from 'zod';
import { distributionReader } from './optuna-distribution.js';
import { type RecordedStudy, STUDY_DIRECTIONS, TRIAL_STATES } from './optuna-study.js';

const id = z.int().min(0);
/** Infinity is a number here: a trial may have ended with it. */
const double = z.custom<number>((value) => typeof value === 'number').nullable();
const attributes = z.record(z.string(), z.unknown());
const state = z
  .int()
  .min(0)
  .max(TRIAL_STATES.length - 1);
const values = z.array(double).nullish();

const operationSchema = z.discriminatedUnion('op_code', [
  z.looseObject({
    op_code: z.literal(0),
    study_name: z.string(),
    directions: z
      .array(
        z
          .int()
          .min(0)
          .max(STUDY_DIRECTIONS.length - 1),
      )
      .min(1),
  }),
  z.looseObject({ op_code: z.literal(1), study_id: id }),
  z.looseObject({ op_code: z.literal(2), study_id: id }),
  z.looseObject({ op_code: z.literal(3), study_id: id }),
  z.looseObject({
    op_code: z.literal(4),
    study_id: id,
    state: state.optional(),
    value: double.optional(),
    values,
    params: z.record(z.string(), double).optional(),
    distributions: z.record(z.string(), z.string()).optional(),
    user_attrs: attributes.optional(),
  }),
  z.looseObject({
    op_code: z.literal(5),
    trial_id: id,
    param_name: z.string(),
    param_value_internal: double,
    distribution: z.string(),
  }),
  z.looseObject({ op_code: z.literal(6), trial_id: id, state, values }),
  z.looseObject({ op_code: z.literal(7), trial_id: id }),
  z.looseObject({ op_code: z.literal(8), trial_id: id, user_attr: attributes }),
  z.looseObject({ op_code: z.literal(9), trial_id: id }),
]);
type Operation = z.infer<typeof operationSchema>;
type CreateTrial = Extract<Operation, { op_code: 4 }>;
type SetParam = Extract<Operation, { op_code: 5 }>;

interface Study {
  readonly name: string;
  readonly directions: readonly number[];
  readonly trials: Trial[];
  /** Of each parameter, the family of the distribution that it had first. */
  readonly families: Map<string, string>;
}

interface Trial {
  readonly study: Study;
  readonly number: number;
  state: number;
  values: readonly (number | null)[];
  readonly params: Map<string, unknown>;
  readonly attributes: Map<string, unknown>;
}

const RUNNING = 0;
const COMPLETE = 1;
const FINISHED = [COMPLETE, 2, 3];

export interface JournalReplay {
  /** Does one operation. Throws an Error in words when it is none; nothing has been done then. */
  apply(operation: unknown): void;
  studies(): RecordedStudy[];
}

export function replayOptunaJournal(): JournalReplay {
  const read = distributionReader();
  const studies = new Map<number, Study>();
  /** By id; those of deleted studies stay, because they count. */
  const trials: Trial[] = [];
  let studiesMade = 0;

  const createTrial = (operation: CreateTrial): void => {
    const study = studies.get(operation.study_id);
    if (study === undefined) return;
    const trial: Trial = {
      study,
      number: study.trials.length,
      state: operation.state ?? RUNNING,
      values:
        operation.values ??
        (operation.value === undefined || operation.value === null ? [] : [operation.value]),
      params: new Map(),
      attributes: new Map(Object.entries(operation.user_attrs ?? {})),
    };
    for (const [name, internal] of Object.entries(operation.params ?? {})) {
      const distribution = read(operation.distributions?.[name] ?? '');
      trial.params.set(name, distribution.external(internal));
      if (!study.families.has(name)) study.families.set(name, distribution.family);
    }
    study.trials.push(trial);
    trials.push(trial);
  };

  const setParam = (trial: Trial, operation: SetParam): void => {
    const distribution = read(operation.distribution);
    const { families } = trial.study;
    const before = families.get(operation.param_name);
    // A worker that came with another search space lost: the first one holds for the whole study.
    if (before !== undefined && before !== distribution.family) return;
    const value = distribution.external(operation.param_value_internal);
    families.set(operation.param_name, distribution.family);
    trial.params.set(operation.param_name, value);
  };

  return {
    apply(raw) {
      const parsed = operationSchema.safeParse(raw);
      if (!parsed.success) throw new Error(describe(parsed.error.issues[0]));
      const operation = parsed.data;
      switch (operation.op_code) {
        case 0:
          // Two workers that began at once: the second one takes the first one's study.
          if ([...studies.values()].some((study) => study.name === operation.study_name)) return;
          studies.set(studiesMade++, {
            name: operation.study_name,
            directions: operation.directions,
            trials: [],
            families: new Map(),
          });
          return;
        case 1:
          studies.delete(operation.study_id);
          return;
        case 4:
          createTrial(operation);
          return;
        case 2:
        case 3:
        case 7:
        case 9:
          return;
        case 5:
        case 6:
        case 8: {
          const trial = trials[operation.trial_id];
          if (trial === undefined || FINISHED.includes(trial.state)) return;
          if (operation.op_code === 5) setParam(trial, operation);
          else if (operation.op_code === 8)
            for (const [key, value] of Object.entries(operation.user_attr)) trial.attributes.set(key, value);
          else {
            trial.state = operation.state;
            trial.values = operation.values ?? trial.values;
          }
        }
      }
    },
    studies: () => [...studies.values()].map(recorded),
  };
}

function recorded(study: Study): RecordedStudy {
  const states: Record<string, number> = {};
  for (const { state: number } of study.trials) {
    const name = TRIAL_STATES[number] ?? '';
    states[name] = (states[name] ?? 0) + 1;
  }
  return {
    name: study.name,
    directions: study.directions.map((number) => STUDY_DIRECTIONS[number] ?? 'not set'),
    states,
    trials: study.trials
      .filter((trial) => trial.state === COMPLETE)
      .map(({ number, values: list, params, attributes: notes }) => ({
        number,
        values: list,
        params: Object.fromEntries(params),
        attributes: Object.fromEntries(notes),
      })),
  };
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  const path = issue?.path.join('.') ?? '';
  if (path === '' || path === 'op_code') return 'no operation of an Optuna journal (op_code 0 to 9)';
  return `${path}: ${(issue?.message ?? 'has the wrong shape').replace(/^Invalid input: /, '')}`;
}
