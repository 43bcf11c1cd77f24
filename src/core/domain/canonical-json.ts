/**
 * JSON with sorted keys and no white space, so that equal values have equal text, and with it equal hashes.
 * Undefined members are left out; a number that JSON cannot hold is an error, never a silent null.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${String(value)} has no place in canonical JSON`);
    // As JSON writes it, also for -0.
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') {
    // Every decision of every round is written by this loop. Without a comparison `sort` orders by UTF-16 units, as `<` does.
    const object = value as Record<string, unknown>;
    let text = '';
    const keys = Object.keys(object);
    if (!isSorted(keys)) keys.sort();
    for (const key of keys) {
      const member = object[key];
      if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
    }
    return `{${text}}`;
  }
  throw new Error(`a ${typeof value} has no place in canonical JSON`);
}

/** Most are plain words, and need no escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if ((keys[i - 1] ?? '') > (keys[i] ?? '')) return false;
  return true;
}
