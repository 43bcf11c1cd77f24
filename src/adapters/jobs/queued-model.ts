/**
 * A language model that workers ask, with the keys of their environment. The provider has a run of its own, so that its
 * rate limit holds for all workers together; question and answer go through Redis, a key never does.
 */
import { NO_TOKENS } from '../../core/domain/model-call.js';
import type { LanguageModel, ModelReply } from '../../ports/language-model.js';
import { type BullmqJobs, type BullmqOptions, openBullmqJobs } from './bullmq-jobs.js';
import { MODEL_CALL, readReply, requestBytes } from './model-job.js';

export interface QueuedModel extends LanguageModel {
  close(): Promise<void>;
}

/** The reason of the desk's signal when the round's time is over. */
const DEADLINE = 'deadline';

export async function openQueuedModel(
  options: BullmqOptions & { readonly model: NonNullable<BullmqOptions['model']> },
): Promise<QueuedModel> {
  const jobs: BullmqJobs = await openBullmqJobs(options);
  let asked = 0;
  return {
    async ask(request, signal) {
      const beganMs = performance.now();
      const failed = (fault: 'late' | 'stopped' | 'server', why: string): ModelReply => ({
        kind: 'failed',
        fault,
        why,
        usage: NO_TOKENS,
        latencyMs: performance.now() - beganMs,
        attempts: 1,
      });
      const id = `ask-${String(asked++)}`;
      // Nobody waits for it any more: a worker that has not begun need not ask.
      const drop = (): void => {
        jobs.drop(id);
      };
      if (signal.aborted) return failed('stopped', 'stopped before it was asked');
      signal.addEventListener('abort', drop);
      try {
        const outcome = await jobs.run({ id, task: MODEL_CALL, payload: requestBytes(request) });
        if (signal.aborted)
          return signal.reason === DEADLINE
            ? failed('late', 'no answer came back from the workers before the deadline')
            : failed('stopped', 'stopped while workers were asked');
        if (outcome.kind === 'failed') return failed('server', outcome.why);
        return readReply(outcome.bytes) ?? failed('server', 'what a worker left is no reply');
      } finally {
        signal.removeEventListener('abort', drop);
      }
    },
    close: () => jobs.close(),
  };
}
