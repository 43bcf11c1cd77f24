import { type PromptInput, nameOf, timeText } from './prompt-template.js';
import { refusalText } from './refusal-text.js';
import { signalRefusalText } from './signal-refusal.js';

/** Protective exits, refusals, and what could not be told earlier. */
export function newsSection(input: PromptInput): string {
  const lines = [...input.memory.untold, ...newsLines(input)];
  return [
    '## SINCE YOUR LAST DECISION',
    ...(lines.length === 0 ? ['Nothing to report.'] : counted(lines).map((line) => `- ${line}`)),
  ].join('\n');
}

/** The same line again is said once, with how often: a provider that was down for a day should not fill the prompt. */
function counted(lines: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  return [...times].map(([line, n]) => (n === 1 ? line : `${line} (${String(n)} times)`));
}

/** What happened at the exchange since the last decision, and which of its signals came to nothing. */
function newsLines(input: PromptInput): string[] {
  const { observation, memory } = input;
  const words = {
    nameOf: (symbol: string) => nameOf(input, symbol),
    timeText: (timeMs: number) => timeText(input, timeMs),
  };
  return [
    ...observation.exits.map(
      ({ symbol, side, reason }) => `closed: ${input.names.shown[symbol] ?? ''} ${side}, by ${reason}`,
    ),
    ...memory.refused.map((refusal) => `refused: ${signalRefusalText(refusal, words.nameOf)}`),
    ...observation.refusals.map((refusal) => `refused: ${refusalText(refusal, words)}`),
  ];
}

const MAX_UNTOLD = 20;

/** What the model has still to be told after a decision without an answer, with `more` of that decision; the newest stay. */
export function untoldAfter(input: PromptInput, more: readonly string[]): readonly string[] {
  return [...input.memory.untold, ...newsLines(input), ...more].slice(-MAX_UNTOLD);
}
