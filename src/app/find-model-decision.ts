import { z } from 'zod';
import type { TimeMs } from '../core/domain/time.js';
import { MODEL_CALL_MARK, type ModelCall, parseModelCall } from '../core/session/model-record.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { ModelRecordings, RecordedCall } from '../ports/model-recordings.js';

/** What the journal has of a decision; everything but the reason is absent where there was nothing of it. */
const decisionSchema = z.looseObject({
  c: z.int(),
  why: z.string(),
  detail: z.string().optional(),
  intents: z.array(z.unknown()).optional(),
  refused: z.array(z.unknown()).optional(),
  unfilled: z.array(z.unknown()).optional(),
  fault: z.string().optional(),
  probe: z.string().optional(),
});

export interface ModelDecision {
  readonly seq: number;
  readonly atMs: TimeMs;
  readonly calls: readonly {
    readonly call: ModelCall;
    /** Undefined when it is not in the recording. */
    readonly recorded: RecordedCall | undefined;
    /** The text of an imported run. */
    readonly imported: string | undefined;
  }[];
  /** Undefined where the journal kept none: it did nothing, for the same reason as before. */
  readonly decision: z.infer<typeof decisionSchema> | undefined;
}

/** The newest decision of a contestant at or before `atMs` for which it asked a model; undefined when there is none. */
export function findModelDecision(
  store: ArenaStore,
  recordings: ModelRecordings | undefined,
  contestant: number,
  atMs: TimeMs,
  hash: (text: string) => string,
): ModelDecision | undefined {
  let found: ModelDecision | undefined;
  const last = store.lastCommit()?.seq ?? 0;
  for (const round of store.rounds(1)) {
    if (round.seq > last) break;
    const calls = round.events
      .filter((line) => line.includes(MODEL_CALL_MARK))
      .map(parseModelCall)
      .filter((call) => call.c === contestant && call.atMs <= atMs);
    const [first] = calls;
    if (first === undefined) continue;
    const decision = round.decisions
      .map((line) => decisionSchema.parse(JSON.parse(line)))
      .find(({ c }) => c === contestant);
    found = {
      seq: round.seq,
      atMs: first.atMs,
      calls: calls.map((call) => ({ call, recorded: undefined, imported: undefined })),
      decision,
    };
  }
  return found === undefined || recordings === undefined
    ? found
    : { ...found, calls: found.calls.map(({ call }) => withTexts(call, recordings, hash)) };
}

function withTexts(
  call: ModelCall,
  recordings: ModelRecordings,
  hash: (text: string) => string,
): ModelDecision['calls'][number] {
  const recorded = recordings
    .find(call.request)
    .findLast(({ answer }) =>
      call.reply === undefined
        ? answer.kind === 'failed'
        : answer.kind === 'answered' && hash(answer.text) === call.reply,
    );
  const imported = recordings.imported(call.model, call.atMs)?.text;
  return {
    call,
    recorded,
    imported: imported !== undefined && hash(imported) === call.reply ? imported : undefined,
  };
}
