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
}

export interface TrialSource {
  /** All completed trials, in no particular order. Never throws for the content of a file. */
  read(): { readonly trials: readonly StoredTrial[]; readonly rubbish: readonly TrialRubbish[] };
}
