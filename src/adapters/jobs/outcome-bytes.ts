import type { JobOutcome } from '../../ports/job-runner.js';

const DONE = 0;
const FAILED = 1;

/** An outcome as it lies in Redis: one byte says what it is, the rest is its bytes or its words. */
export function outcomeBytes(outcome: JobOutcome): Buffer {
  return outcome.kind === 'done'
    ? Buffer.concat([Buffer.of(DONE), outcome.bytes])
    : Buffer.concat([Buffer.of(FAILED), Buffer.from(outcome.why)]);
}

export function readOutcome(bytes: Buffer): JobOutcome {
  const rest = bytes.subarray(1);
  if (bytes[0] === DONE) return { kind: 'done', bytes: new Uint8Array(rest) };
  if (bytes[0] === FAILED) return { kind: 'failed', why: rest.toString() };
  return { kind: 'failed', why: 'what a worker left is no outcome' };
}
