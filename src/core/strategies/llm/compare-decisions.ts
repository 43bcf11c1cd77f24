import type { Intent } from '../../domain/intent.js';

/**
 * Whether an answer to a question asked once more would have been another decision: other symbols entered, left or
 * reduced, or on another side. Amounts, stops and words differ at every answer and are not compared.
 */
export function isSameDecision(one: readonly Intent[], other: readonly Intent[]): boolean {
  return actionsOf(one) === actionsOf(other);
}

function actionsOf(intents: readonly Intent[]): string {
  return intents
    .filter((intent) => intent.kind !== 'adjust-protection')
    .map((intent) => `${intent.symbol} ${intent.kind} ${intent.kind === 'open' ? intent.side : ''}`)
    .sort()
    .join('\n');
}
