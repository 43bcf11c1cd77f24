import { plainLine } from './fence-text.js';
import { findBlocks } from './find-blocks.js';
import { membersByName } from './members-by-name.js';

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

/** The reasoning inside the JSON of a reply, where a model that is held to a schema has to put it; empty without one. */
export function reasoningInJson(text: string): string {
  for (const { value } of findBlocks(text).blocks.toReversed()) {
    const said = value.kind === 'object' ? membersByName(value)('reasoning')?.value : undefined;
    if (said?.kind === 'text') return said.text;
  }
  return '';
}
