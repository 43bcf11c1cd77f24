import { findChromium } from '../../src/adapters/pictures/chromium-png.js';

/** Where a Chromium is; otherwise says in one line that tests are skipped. Nothing is ever downloaded. */
export function chromiumOrSkip(): string | undefined {
  const found = findChromium(process.env);
  if (found === undefined) console.warn('skipped: no Chromium is installed (CHROMIUM_PATH names one)');
  return found;
}
