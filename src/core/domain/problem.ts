/**
 * A problem that a person can do something about. `kind` decides the exit code; the message names what and
 * where, `hint` says what to do. Anything else that is thrown is a bug or a broken invariant.
 */
export type ProblemKind = 'usage' | 'input' | 'damaged' | 'foreign' | 'locked' | 'not-running' | 'degraded';

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly hint: string | undefined;

  constructor(kind: ProblemKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.hint = options.hint;
  }
}

/** Stops the process when the books or the code are wrong: corrupt state is worse than none. */
export function assertInvariant(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${message()}`);
}
