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
    const { keys, names } = shapeOf(Object.keys(object));
    for (let i = 0; i < keys.length; i++) {
      const member = object[keys[i] ?? ''];
      if (member !== undefined) text += `${text === '' ? '' : ','}${names[i] ?? ''}${canonicalJson(member)}`;
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

interface Shape {
  readonly given: readonly string[];
  /** Sorted. */
  readonly keys: readonly string[];
  /** The same, quoted and with a colon. */
  readonly names: readonly string[];
}

/** By number of keys, the object that came last: hundreds of one shape come one after another. It changes time alone. */
const lastShapes: Shape[] = [];
const MOST_KEYS = 64;

function shapeOf(given: string[]): Shape {
  const last = lastShapes[given.length];
  if (last !== undefined && given.every((key, i) => key === last.given[i])) return last;
  const keys = [...given].sort();
  const shape = { given, keys, names: keys.map((key) => `${quoted(key)}:`) };
  if (given.length < MOST_KEYS) lastShapes[given.length] = shape;
  return shape;
}
