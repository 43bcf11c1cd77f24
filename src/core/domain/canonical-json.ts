/**
 * JSON with sorted keys and no white space, so that equal values have equal text, and with it equal hashes.
 * Undefined members are left out; a number that JSON cannot hold is an error, never a silent null.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${String(value)} has no place in canonical JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') {
    // Every decision of every round is written by this loop. Without a comparison `sort` orders by UTF-16 units, as `<` does.
    const object = value as Record<string, unknown>;
    let text = '';
    for (const key of Object.keys(object).sort()) {
      const member = object[key];
      if (member !== undefined)
        text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
    }
    return `{${text}}`;
  }
  throw new Error(`a ${typeof value} has no place in canonical JSON`);
}
