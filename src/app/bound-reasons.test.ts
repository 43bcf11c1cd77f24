import { describe, expect, it } from 'vitest';
import { boundReasons } from './bound-reasons.js';

const items = (count: number, why: string): { where: string; why: string }[] =>
  Array.from({ length: count }, (_, i) => ({ where: `t/${String(i)}`, why }));

describe('reasons for a log', () => {
  it('are told as they are while they are few', () => {
    for (const count of [0, 1, 3, 4]) expect(boundReasons(items(count, 'a'))).toEqual(items(count, 'a'));
  });

  it('are told three times each, then counted', () => {
    const told = boundReasons([...items(10_000, 'a'), ...items(2, 'b')]);
    expect(told.map((item) => item.where)).toEqual(['t/0', 't/1', 't/2', 't/3 and 9996 more', 't/0', 't/1']);
    expect(told.map((item) => item.why)).toEqual(['a', 'a', 'a', 'a', 'b', 'b']);
  });
});
