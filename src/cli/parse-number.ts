import { Problem } from '../core/domain/problem.js';

/** A number above zero from a flag. */
export function positive(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new Problem('usage', `${flag} "${text}" is not a number above 0`);
  return value;
}

/** A whole number within bounds from a flag; `why` says what it is. */
export function wholeBetween(text: string, flag: string, least: number, most: number, why?: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most)
    throw new Problem(
      'usage',
      `${flag} "${text}" is not a whole number from ${String(least)} to ${String(most)}`,
      why === undefined ? {} : { hint: why },
    );
  return value;
}

/** A number of zero or more from a flag. */
export function notNegative(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Problem('usage', `${flag} "${text}" is not a number of 0 or more`);
  return value;
}

/** The same for any number. */
export function numberBetween(text: string, flag: string, least: number, most: number, why?: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
    throw new Problem(
      'usage',
      `${flag} "${text}" is not a number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`,
      why === undefined ? {} : { hint: why },
    );
  return value;
}
