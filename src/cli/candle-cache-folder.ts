import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Of the machine rather than of an arena, and so in no arena's configuration: it changes no result. */
export const CANDLE_CACHE = 'CANDLE_CACHE';
const PACKAGE = 'strategy-arena';

/**
 * Where loaded markets are kept: the folder that CANDLE_CACHE names, else one in the user's cache folder.
 * Undefined for `off`, and for a user without a home.
 */
export function candleCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  home: () => string = homedir,
): string | undefined {
  const setting = env[CANDLE_CACHE] ?? '';
  if (setting === 'off') return undefined;
  if (setting !== '') return resolve(setting);
  // The XDG rules: a relative path there counts as none.
  const userCache = env['XDG_CACHE_HOME'] ?? '';
  if (isAbsolute(userCache)) return join(userCache, PACKAGE, 'candles');
  try {
    return join(home(), '.cache', PACKAGE, 'candles');
  } catch {
    // Some containers run as a user that has no home: then nothing is kept.
    return undefined;
  }
}
