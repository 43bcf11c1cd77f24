/** What a text of somebody else looks like on a terminal and in a log: one line, nothing that steers either, bounded. */
export function printable(text: string, limit = 200): string {
  // Control characters, marks that turn the direction of writing, line separators.
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD');
  return plain.length <= limit ? plain : `${plain.slice(0, limit)}\u2026`;
}
