/** A completed result of training, as a study's storage has it. */
export interface StoredTrial {
  readonly study: string;
  readonly number: number;
  /** The objective; higher is better, whatever the study's direction. */
  readonly value: number;
  /** What it would be in the arena: an entry of a contestant file, not yet checked. */
  readonly contestant: unknown;
  /** File and place, for messages. */
  readonly where: string;
}

/** Something that could not be read as a trial. */
export interface TrialRubbish {
  readonly where: string;
  readonly why: string;
  /** The storage could be read: this sums up trials that `unfit` has one by one. */
  readonly summary?: true;
}

export interface TrialSource {
  /** All completed trials, in no particular order. Never throws for the content of a file. */
  read(): {
    readonly trials: readonly StoredTrial[];
    /** Completed as well, but no contestants: training chose among them too. */
    readonly unfit: readonly Pick<StoredTrial, 'study' | 'number'>[];
    readonly rubbish: readonly TrialRubbish[];
  };
}

/** Whether training looked for high or for low values. */
export type Direction = 'maximize' | 'minimize';

/** Where a trial comes from and what was measured, whatever can be made of it. */
export interface TrialFacts {
  readonly study: string;
  /** Of the trial within its study; a database's own id is another number and is never shown. */
  readonly number: number;
  /** Higher is better. */
  readonly value: number;
  /** The same as the study has it: with `minimize` it is the negated `value`. */
  readonly objective: number;
  readonly direction: Direction;
  readonly params: Readonly<Record<string, unknown>>;
  /** What the training script noted about the trial. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The file it was read from. */
  readonly storage: string;
  readonly where: string;
}

/** A trial that can be a contestant, as far as that is known without a market. */
export type RichTrial = StoredTrial & TrialFacts;

/** A completed trial that cannot be a contestant. Its value is missing where that is the reason. */
export type UnfitTrial = Omit<TrialFacts, 'value' | 'objective'> & {
  readonly value: number | undefined;
  readonly objective: number | undefined;
  readonly why: string;
};

/** A study of a storage; `states` counts all its trials, e.g. { COMPLETE: 15, PRUNED: 24 }. */
export interface StudySummary {
  readonly study: string;
  readonly storage: string;
  readonly form: 'json' | 'optuna';
  readonly direction: Direction | undefined;
  readonly states: Readonly<Record<string, number>>;
  /** Why none of its trials can count. */
  readonly refused?: string;
}

export interface TrialReading {
  readonly trials: readonly RichTrial[];
  /** One line per reason, bounded: for a log. `unfit` has every trial. */
  readonly rubbish: readonly TrialRubbish[];
  readonly unfit: readonly UnfitTrial[];
  readonly studies: readonly StudySummary[];
}

/** A source that also tells what a person wants to see. */
export interface TrialArchive extends TrialSource {
  read(): TrialReading;
}
