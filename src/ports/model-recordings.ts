import type { ModelAnswer, ModelQuestion } from '../core/domain/model-call.js';
import type { TimeMs } from '../core/domain/time.js';

/** One call to a model, whole: what was asked, what came back and how it went. Never holds a key. */
export interface RecordedCall {
  /** Hash of the request; the key of a replay. */
  readonly request: string;
  /** Who asked: the id of an arena's state, of a study, or of a check. */
  readonly run: string;
  readonly question: Pick<ModelQuestion, 'slot' | 'setup' | 'trial' | 'probe' | 'system' | 'user' | 'form'>;
  /** Simulated time of the decision. */
  readonly atMs: TimeMs;
  readonly answer: ModelAnswer;
  readonly structured: boolean;
  readonly latencyMs: number;
  readonly attempts: number;
  /** Wall time: for people, no part of any result. */
  readonly calledAtMs: TimeMs;
}

/** A decision of a run that was made elsewhere: its prompt is not ours, so that run and time are its key. */
export interface ImportedReply {
  readonly run: string;
  readonly atMs: TimeMs;
  /** As the run names it, e.g. `claude-sonnet-4-5`. */
  readonly model: string;
  readonly text: string;
}

export interface ImportedRun {
  readonly run: string;
  readonly model: string;
  readonly replies: number;
  readonly firstMs: TimeMs;
  readonly lastMs: TimeMs;
}

/** Every call ever made, and imported ones. Several processes may write at once. */
export interface ModelRecordings {
  /** Calls of this request, the oldest first. */
  find(request: string): readonly RecordedCall[];
  /** Whether anything was ever asked of this model, in vain or not. */
  hasAny(provider: string, model: string): boolean;
  /** Durable when it returns. */
  add(call: RecordedCall): void;
  /** Adds or replaces; durable when it returns. */
  importReplies(replies: readonly ImportedReply[]): void;
  imported(run: string, atMs: TimeMs): ImportedReply | undefined;
  importedRuns(): readonly ImportedRun[];
  close(): void;
}
