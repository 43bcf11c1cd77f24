/** What both of Optuna's storages say about a study, in their own terms: no direction is turned, nothing is mapped. */
export interface RecordedStudy {
  readonly name: string;
  /** One per objective. */
  readonly directions: readonly ('maximize' | 'minimize' | 'not set')[];
  /** All trials counted by state. */
  readonly states: Readonly<Record<string, number>>;
  /** The completed ones. */
  readonly trials: readonly RecordedTrial[];
}

export interface RecordedTrial {
  readonly number: number;
  /** One per objective; null for NaN. */
  readonly values: readonly (number | null)[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why its parameters cannot be known. */
  readonly fault?: string;
}

export interface StorageReading {
  readonly studies: readonly RecordedStudy[];
  readonly rubbish: readonly { readonly where: string; readonly why: string }[];
}

/** Optuna's numbers of states, in order: optuna/trial/_state.py. */
export const TRIAL_STATES = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'] as const;

/** Optuna's numbers of directions, in order: optuna/study/_study_direction.py. */
export const STUDY_DIRECTIONS = ['not set', 'minimize', 'maximize'] as const;

/** The world failed to give a storage for now; it may be asked again. */
export class StorageBusy extends Error {}
