/** A heading has its line to itself, with or without marks: "# TRADING DECISIONS", "**Trading Decisions:**". */
const THOUGHT = /^[ \t#*_>]*chain[ _]of[ _]thought[ \t#*_:]*\r?$/im;
const DECISIONS = /^[ \t#*_>]*trading[ _]decisions?[ \t#*_:]*\r?$/im;

/** Behind the heading of the decisions; undefined when there is none. What stands before it is reasoning. */
export function decisionsAt(text: string): number | undefined {
  const heading = DECISIONS.exec(text);
  return heading === null ? undefined : heading.index + heading[0].length;
}

/** The reasoning: between the two headings, else before the block that counts, else everything. */
export function reasoningText(text: string, blockAt: number | undefined): string {
  const heading = DECISIONS.exec(text);
  const end = heading?.index ?? blockAt ?? text.length;
  const before = text.slice(0, end);
  const thought = THOUGHT.exec(before);
  const from = thought === null ? 0 : thought.index + thought[0].length;
  return before
    .slice(from)
    .replace(/```\w*\s*$/, '')
    .trim();
}
