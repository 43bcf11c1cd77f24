/** The report for programs: columns as arrays; what cannot be measured is null. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, nulls, 1)}\n`;
}

function nulls(_key: string, value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (value instanceof Float64Array) return Array.from(value, (one) => (Number.isFinite(one) ? one : null));
  return value;
}
