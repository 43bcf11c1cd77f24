export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds';

export const UNIT_TO_MS: Readonly<Record<TimeUnit, number>> = {
  seconds: 1000,
  milliseconds: 1,
  microseconds: 0.001,
};

/** By size: seconds until the year 5138, milliseconds from 1973 to 5138, microseconds beyond. */
export function timeUnitOf(value: number): TimeUnit {
  return value < 1e11 ? 'seconds' : value < 1e14 ? 'milliseconds' : 'microseconds';
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** An ISO date or time in epoch ms; without a zone it is UTC. Undefined for anything else, and for 30 February. */
export function parseTimeText(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone = 'Z'] = match;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}`;
  const timeMs = Date.parse(`${date}T${hour}:${minute}:${second}${offset}`);
  if (Number.isNaN(timeMs)) return undefined;
  // Date.parse lets 30 February roll over into March.
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return new Date(midnight).toISOString().startsWith(date) ? timeMs : undefined;
}
