import { describe, expect, it } from 'vitest';
import { failed } from '../../../../test/support/play-asked-session.js';
import { answered } from '../../../../test/support/play-model-session.js';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.js';
import type { ModelSetup } from '../../domain/model-call.js';
import {
  EMPTY_CACHE,
  FAILURE_LIFE_MS,
  type RegimeCache,
  cachedRegime,
  isRegimeDue,
  regimeKey,
  takeAnswer,
} from './regime-cache.js';
import { REGIME_PROMPT_VERSION } from './regime-prompt.js';

const SETUP: ModelSetup = { provider: 'openai', model: 'small', temperature: 0.1, maxTokens: 400 };
const KEY = regimeKey('BTC-USD', SETUP);
const RANGE = answered(
  '{"regime":"RANGING","trend":"NEUTRAL","volatility":"LOW","risk_mode":"NORMAL","confidence":0.6,"reasoning":"flat"}',
);
const AT = Date.UTC(2025, 0, 6);
const KNOWN = takeAnswer(EMPTY_CACHE, KEY, RANGE, AT);
const sourceAt = (cache: RegimeCache, hours: number, life = 2): string =>
  cachedRegime(cache, KEY, AT + hours * HOUR_MS, life)?.source ?? 'none';

describe('the cache of regimes', () => {
  it('is fresh for its life, stale for as long again, then void', () => {
    expect([0, 1.99, 2, 3.99, 4, 40].map((hours) => sourceAt(KNOWN, hours))).toEqual([
      'fresh',
      'fresh',
      'stale',
      'stale',
      'none',
      'none',
    ]);
    expect([0.99, 1, 1.99, 2].map((hours) => sourceAt(KNOWN, hours, 1))).toEqual([
      'fresh',
      'stale',
      'stale',
      'none',
    ]);
  });

  it('C-4: is keyed by symbol, model and version of the prompt: no other answer is taken for it', () => {
    for (const key of [
      regimeKey('ETH-USD', SETUP),
      regimeKey('BTC-USD', { ...SETUP, model: 'large' }),
      regimeKey('BTC-USD', { ...SETUP, provider: 'local' }),
      regimeKey('BTC-USD', { ...SETUP, temperature: 0.7 }),
      KEY.replace(`v${String(REGIME_PROMPT_VERSION)}`, `v${String(REGIME_PROMPT_VERSION + 1)}`),
    ]) {
      expect(key).not.toBe(KEY);
      expect(cachedRegime(KNOWN, key, AT, 2), key).toBeUndefined();
      expect(isRegimeDue(KNOWN, key, AT, 2), key).toBe(true);
    }
  });

  it('asks when nothing is fresh', () => {
    expect(isRegimeDue(EMPTY_CACHE, KEY, AT, 2)).toBe(true);
    expect(isRegimeDue(KNOWN, KEY, AT + HOUR_MS, 2)).toBe(false);
    expect(isRegimeDue(KNOWN, KEY, AT + 2 * HOUR_MS, 2)).toBe(true);
  });

  it('C-4: keeps a failure for five minutes at most, beside the answer and not in its place', () => {
    const late = AT + 2 * HOUR_MS;
    for (const answer of [failed('timeout'), answered('no idea'), answered('{"regime":"UP"}')]) {
      const cache = takeAnswer(KNOWN, KEY, answer, late);
      expect(cachedRegime(cache, KEY, late, 2)?.source).toBe('stale');
      expect(isRegimeDue(cache, KEY, late, 2)).toBe(false);
      expect(isRegimeDue(cache, KEY, late + FAILURE_LIFE_MS - 1, 2)).toBe(false);
      expect(isRegimeDue(cache, KEY, late + FAILURE_LIFE_MS, 2)).toBe(true);
      expect(cache.kept).toEqual(KNOWN.kept);
    }
    expect(FAILURE_LIFE_MS).toBe(5 * MINUTE_MS);
    expect(takeAnswer(KNOWN, KEY, failed('no-key'), late).failed).toMatchObject({
      fault: 'no-key',
      atMs: late,
    });
    expect(takeAnswer(KNOWN, KEY, answered('?'), late).failed?.fault).toBe('unusable');
  });

  it("another question's failure holds nothing back, and an answer ends a failure", () => {
    const cache = takeAnswer(EMPTY_CACHE, KEY, failed(), AT);
    expect(isRegimeDue(cache, regimeKey('ETH-USD', SETUP), AT, 2)).toBe(true);
    expect(takeAnswer(cache, KEY, RANGE, AT)).toEqual(KNOWN);
  });
});
