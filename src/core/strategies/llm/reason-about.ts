import { plainLine } from './fence-text.js';

const MAX_REASON_CHARS = 280;

/** The first line of a reasoning that names a symbol, as a line that can be kept; empty where none does. */
export function reasonAbout(aliases: readonly string[], reasoning: string): string {
  const names = aliases.map((alias) => alias.toUpperCase());
  const line = reasoning.split('\n').find((each) =>
    each
      .toUpperCase()
      .split(/[^A-Z0-9.-]+/)
      .some((word) => names.includes(word)),
  );
  return line === undefined ? '' : plainLine(line, MAX_REASON_CHARS);
}
