import type { TimeMs } from '../core/domain/time.js';

/** A request from a person or another process to the owner of a folder. `id` makes it happen once. */
export interface InboxMessage {
  readonly id: string;
  /** The parsed JSON of the file; the app checks its schema. */
  readonly body: unknown;
}

/** A file in the inbox that is no request: too large, torn, too deep, not JSON, wrong name. */
export interface InboxRubbish {
  readonly file: string;
  readonly why: string;
}

export interface InboxContents {
  readonly messages: readonly InboxMessage[];
  readonly rubbish: readonly InboxRubbish[];
  /** True when the bound on files per reading was reached and more remain. */
  readonly more: boolean;
}

export interface Inbox {
  /**
   * Reads without consuming, ordered by id. Passes over what was postponed beyond `barMs`, so that requests which
   * are not due hide none that are. Costs next to nothing while the folder does not change.
   */
  read(barMs?: TimeMs): InboxContents;
  /**
   * Does not give this message again before `untilMs`; Infinity for one that was handled and is removed after the
   * commit. Forgotten when the process ends. False when too many wait already.
   */
  postpone(id: string, untilMs: TimeMs): boolean;
  /** The first bar after `barMs` until which something is postponed; Infinity where nothing is. */
  nextDueMs(barMs: TimeMs): TimeMs;
  /** Removes a handled message; does nothing when it is gone already. */
  remove(id: string): void;
  /**
   * Moves rubbish to `inbox-rejected/` beside the inbox with a line that says why. The newest are kept, within bounds.
   * What cannot be moved stays and is not read again by this process.
   */
  setAside(rubbish: InboxRubbish): void;
}
