/**
 * A bound for budgets before a call, not a count: four characters to a token, rounded up, which is what providers give
 * as a rule of thumb for English. Tables of numbers take more, so that the bill of an answered call is the truth.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

const CHARS_PER_TOKEN = 4;
