/** Probabilities as people read them: how often in so many, never "significant". */

const LEAST = 1e-6;

/** "3 in 100", "2.5 in 1,000", "less than 1 in a million". */
export function oddsWords(p: number): string {
  if (!Number.isFinite(p)) return 'n/a';
  if (p < LEAST) return 'less than 1 in a million';
  if (p >= 0.995) return 'practically always';
  let of = 100;
  // 0.95: what would be shown as "1 in 100" is not shown as "10 in 1,000".
  while (p * of < 0.95) of *= 10;
  const digits = p * of < 9.95 ? 1 : 0;
  return `${trimmed((p * of).toFixed(digits))} in ${of.toLocaleString('en-US')}`;
}

/** "1 in 4", "8 in 10", "always": short, for a column. */
export function oneIn(p: number | undefined): string {
  if (p === undefined || !Number.isFinite(p)) return 'n/a';
  if (p < LEAST) return '<1 in 1m';
  const times = 1 / p;
  if (p >= 0.95) return 'always';
  if (p > 0.5) return `${String(Math.round(10 * p))} in 10`;
  return `1 in ${times < 9.95 ? trimmed(times.toFixed(1)) : Math.round(times).toLocaleString('en-US')}`;
}

function trimmed(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
