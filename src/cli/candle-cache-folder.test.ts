import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candleCacheFolder } from './candle-cache-folder.js';

const home = (): string => '/home/me';

describe('the folder of the candle cache', () => {
  it.each([
    [{}, '/home/me/.cache/strategy-arena/candles'],
    [{ CANDLE_CACHE: '' }, '/home/me/.cache/strategy-arena/candles'],
    [{ XDG_CACHE_HOME: '/cache' }, '/cache/strategy-arena/candles'],
    [{ XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/strategy-arena/candles'],
    [{ CANDLE_CACHE: '/mine', XDG_CACHE_HOME: '/cache' }, '/mine'],
    [{ CANDLE_CACHE: 'mine' }, resolve('mine')],
    [{ CANDLE_CACHE: 'off', XDG_CACHE_HOME: '/cache' }, undefined],
  ])('%o is %s', (env, folder) => {
    expect(candleCacheFolder(env, home)).toBe(folder);
  });

  it('is none for a user without a home', () => {
    const homeless = (): string => {
      throw new Error('no home');
    };
    expect(candleCacheFolder({}, homeless)).toBeUndefined();
  });
});
