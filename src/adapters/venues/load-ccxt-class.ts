import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import type { CcxtClass } from './ccxt-exchange.js';

const moduleSchema = z.object({ default: z.custom<CcxtClass>((value) => typeof value === 'function') });

/**
 * The class of one exchange, with streams where ccxt has them. All of ccxt takes 0.8 s and 130 MB to load, one exchange
 * 0.2 s and 75 MB, so its file is taken from within the package; where that has another shape than expected, all of it.
 */
export async function loadCcxtClass(id: string): Promise<CcxtClass> {
  if (!/^[a-z0-9_]+$/.test(id)) throw unknownExchange(id);
  for (const file of [join(sources(), 'pro', `${id}.js`), join(sources(), `${id}.js`)])
    if (existsSync(file)) return moduleSchema.parse(await import(pathToFileURL(file).href)).default;
  const whole = z
    .object({ pro: z.record(z.string(), z.unknown()) })
    .parse({ ...(await import('ccxt')).default });
  const found = whole.pro[id];
  if (typeof found !== 'function') throw unknownExchange(id, Object.keys(whole.pro));
  return found as CcxtClass;
}

/** Every exchange that ccxt knows. */
export function ccxtIds(): readonly string[] {
  if (!existsSync(sources())) return [];
  return readdirSync(sources())
    .filter((name) => /^[a-z0-9_]+\.js$/.test(name))
    .map((name) => name.slice(0, -'.js'.length));
}

function unknownExchange(id: string, known = ccxtIds()): Problem {
  return new Problem('usage', `There is no exchange ${JSON.stringify(id)}.`, {
    hint: known.length === 0 ? 'Use binance, for example.' : `Did you mean "${nearest(id, known)}"?`,
  });
}

/** The folder of ccxt's exchanges: the package names its entry only, and that is `dist/ccxt.cjs`. */
function sources(): string {
  return resolve(createRequire(import.meta.url).resolve('ccxt'), '../../js/src');
}
