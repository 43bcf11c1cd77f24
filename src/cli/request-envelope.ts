import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { parseFrom } from './parse-date.js';

/** What every request carries: an id that makes it happen once, who, when, and from which bar on. */
export function requestEnvelope(
  kind: string,
  due: string | undefined,
): { id: string; who: string; whenMs: number; dueBarMs?: number } {
  const whenMs = Date.now();
  return {
    id: `${kind}-${String(whenMs)}-${randomBytes(4).toString('hex')}`,
    who: userInfo().username,
    whenMs,
    ...(due === undefined ? {} : { dueBarMs: parseFrom(due, '--due') }),
  };
}
