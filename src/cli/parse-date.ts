import { Problem } from '../core/domain/problem.js';
import { DAY_MS, type TimeMs } from '../core/domain/time.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** `2025-09-01` is that day's 00:00 UTC; a time without a zone is UTC. */
export function parseFrom(text: string, flag: string): TimeMs {
  return parseMoment(text, flag);
}

/** The first moment that no longer belongs: a bare date includes the whole day, a time names the last bar's open. */
export function parseEnd(text: string, flag: string, barMs: number): TimeMs {
  const start = parseMoment(text, flag);
  return DAY.test(text) ? start + DAY_MS : start + barMs;
}

function parseMoment(text: string, flag: string): TimeMs {
  const iso = DAY.test(text)
    ? `${text}T00:00:00Z`
    : MOMENT.test(text)
      ? `${text.replace(' ', 'T')}${/(Z|[+-]\d{2}:\d{2})$/.test(text) ? '' : 'Z'}`
      : '';
  const timeMs = iso === '' ? NaN : Date.parse(iso);
  // Date.parse rolls 2025-02-30 over into March; a date that does not exist is a mistake.
  const rolled =
    DAY.test(text) && !Number.isNaN(timeMs) && new Date(timeMs).toISOString().slice(0, 10) !== text;
  if (Number.isNaN(timeMs) || rolled)
    throw new Problem('usage', `${flag} "${text}" is not a date`, {
      hint: 'write it like 2025-09-01 or 2025-09-01T12:00Z (UTC)',
    });
  return timeMs;
}
