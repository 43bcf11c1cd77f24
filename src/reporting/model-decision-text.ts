import { parseRegime } from '../core/strategies/regime-hybrid/regime.js';
import type { AnswerForm } from '../core/domain/model-call.js';
import { printable } from '../core/domain/printable.js';
import { type TimeMs, formatForPeople } from '../core/domain/time.js';
import type { ModelCall } from '../core/session/model-record.js';
import { parseReply } from '../core/strategies/llm/parse-reply.js';
import { fixed, grouped } from './text-table.js';

interface ShownCall {
  readonly call: ModelCall;
  /** Undefined where the recording does not have it. */
  readonly system: string | undefined;
  readonly user: string | undefined;
  readonly form: AnswerForm;
  readonly reply: string | undefined;
  readonly latencyMs: number | undefined;
  readonly attempts: number | undefined;
}

interface ShownDecision {
  readonly why: string;
  readonly detail?: string | undefined;
  readonly intents?: readonly unknown[] | undefined;
  readonly refused?: readonly unknown[] | undefined;
  readonly unfilled?: readonly unknown[] | undefined;
  readonly fault?: string | undefined;
}

/** A decision for people: what was asked, what was answered, how it was read, and what came of it. */
export function modelDecisionText(
  name: string,
  {
    seq,
    atMs,
    calls,
    decision,
  }: {
    readonly seq: number;
    readonly atMs: TimeMs;
    readonly calls: readonly ShownCall[];
    readonly decision: ShownDecision | undefined;
  },
): string {
  const lines = [`${name} at ${formatForPeople(atMs)}, round ${grouped(seq)}`];
  for (const call of calls) lines.push('', ...callLines(call));
  lines.push('', '--- OUTCOME', ...outcomeLines(decision, calls));
  return `${lines.join('\n')}\n`;
}

function callLines({ call, system, user, form, reply, latencyMs, attempts }: ShownCall): string[] {
  const { usage } = call;
  const tokens = `${grouped(usage.inputTokens + usage.cacheWriteTokens)} tokens in, ${grouped(usage.cachedInputTokens)} cached, ${grouped(usage.outputTokens)} out`;
  const took =
    latencyMs === undefined
      ? ''
      : `, ${fixed(latencyMs / 1000, 1)} s${attempts === 1 ? '' : `, ${String(attempts)} attempts`}`;
  return [
    `=== ${call.slot}${call.probe > 0 ? ' (asked once more)' : ''}: ${call.provider} ${call.model}, ${tokens}, ${fixed(call.costUsd, 6)} USD${took}`,
    '--- SYSTEM',
    ...whole(system),
    '--- PROMPT',
    ...whole(user),
    '--- REPLY',
    ...(call.fault === undefined ? whole(reply) : [`none: ${call.fault}: ${printable(call.why ?? '')}`]),
    ...(reply === undefined || call.fault !== undefined ? [] : ['--- READ AS', ...readAs(reply, form)]),
  ];
}

/** Longer than any line of a prompt or reply. */
const WHOLE = 100_000;

function isUnusable({ call, reply, form }: ShownCall): boolean {
  if (call.probe > 0) return false;
  if (call.fault !== undefined) return true;
  return form === 'signals' && reply !== undefined && parseReply(reply).kind === 'unusable';
}

function whole(text: string | undefined): string[] {
  // A model may have written anything, control characters for a terminal included.
  return text === undefined
    ? ['(not in the recording)']
    : text.split('\n').map((line) => printable(line, WHOLE));
}

/** JSON escapes the oldest control characters alone. */
function json(value: unknown): string {
  return printable(JSON.stringify(value), WHOLE);
}

function readAs(reply: string, form: AnswerForm): string[] {
  if (form === 'regime') {
    const reading = parseRegime(reply);
    return [reading.kind === 'regime' ? json(reading.regime) : `unusable: ${reading.why}`];
  }
  const parsed = parseReply(reply);
  const notes = parsed.notes.map((note) => `note: ${json(note)}`);
  if (parsed.kind === 'unusable') return [`unusable (${parsed.class}): ${parsed.why}`, ...notes];
  if (parsed.kind === 'no-action') return ['no action', ...notes];
  return [...parsed.signals.map(json), ...notes];
}

function outcomeLines(decision: ShownDecision | undefined, calls: readonly ShownCall[]): string[] {
  if (decision === undefined)
    return [
      calls.some(isUnusable)
        ? 'not decided, as at the decision before: it holds, and that counts against its coverage'
        : 'nothing to do, as at the decision before',
    ];
  const list = (what: string, items: readonly unknown[] | undefined): string[] =>
    (items ?? []).map((item) => `${what}: ${json(item)}`);
  return [
    `${decision.why}${decision.detail === undefined ? '' : `: ${printable(decision.detail)}`}`,
    ...(decision.fault === undefined ? [] : [`not decided: ${printable(decision.fault)}`]),
    ...list('order', decision.intents),
    ...list('refused', decision.refused),
    ...list('not filled before', decision.unfilled),
  ];
}
