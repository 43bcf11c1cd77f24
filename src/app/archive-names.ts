import { Problem } from '../core/domain/problem.js';

/** A name that is a folder on every system, and no way out of one. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9.+-]*$/;

/** `BTC/USDT` lies in the folder `BTC-USDT`; two symbols never in one. */
export function archiveNames(symbols: readonly string[]): readonly string[] {
  const names = symbols.map((symbol) => {
    const name = symbol.replaceAll('/', '-');
    if (SAFE.test(name)) return name;
    throw new Problem('usage', `--symbols: ${JSON.stringify(symbol)} is no symbol`, {
      hint: 'write symbols as base/quote, for example BTC/USDT, also for perpetuals',
    });
  });
  const twice = symbols.find((_, k) => names.indexOf(names[k] ?? '') !== k);
  if (twice !== undefined)
    throw new Problem('usage', `--symbols: ${JSON.stringify(twice)} is there twice`, {
      hint: 'name it once',
    });
  return names;
}
