import type { TimeMs } from '../core/domain/time.js';

/** What a person wants to hear of. */
export type NoteEvent =
  | 'candidate-ready'
  | 'approved'
  | 'refused'
  | 'deployed'
  | 'promoted'
  | 'rolled-back'
  | 'killed'
  | 'resumed'
  | 'breaker'
  | 'process-died'
  | 'process-back'
  | 'data-stale'
  | 'review'
  | 'test';

export type NoteLevel = 'info' | 'warning' | 'critical';

/** One message to people. What comes from a journal is the same note for the same round. */
export interface Note {
  readonly event: NoteEvent;
  readonly level: NoteLevel;
  readonly title: string;
  readonly text: string;
  /** Open time of the bar that it belongs to; NaN when there is none. */
  readonly at: TimeMs;
  readonly facts: Readonly<Record<string, string | number>>;
  /** The same happening has the same key: what was told a moment ago is not told again. */
  readonly key: string;
}

/** Tells people. Nothing here throws or waits, so that a place that is down never delays a bar. */
export interface Notifier {
  /** Returns at once. */
  tell(note: Note): void;
  /** True while nothing waits and nothing is under way. */
  settled(): boolean;
  /** Gives what waits so long to be sent, then gives up; nothing is sent afterwards. */
  close(timeoutMs: number): Promise<void>;
}

/** What came of one attempt to send. `why` never holds an address: network errors are named by their code alone. */
export type PostOutcome =
  | { readonly kind: 'sent'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly status?: number;
      readonly why: string;
      readonly retryAfterMs?: number;
    };

/** For whoever wants to know how it went, attempt by attempt. */
export interface Delivery {
  readonly place: string;
  readonly note: Note;
  readonly outcome: PostOutcome;
}
