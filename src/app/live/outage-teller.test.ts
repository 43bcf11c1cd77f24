import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../core/domain/time.js';
import { createOutageTeller } from './outage-teller.js';

/** What is said of one thing that is looked at once a minute; undefined where it is well. */
function saidOf(texts: readonly (string | undefined)[]): string[] {
  const said: string[] = [];
  let nowMs = 0;
  const teller = createOutageTeller(
    () => nowMs,
    (text) => said.push(`${String(nowMs / MINUTE_MS)}: ${text}`),
  );
  for (const text of texts) {
    teller.tell('made', { text, over: 'made answers again' });
    nowMs += MINUTE_MS;
  }
  return said;
}

describe('what goes wrong for long', () => {
  it('is said when it begins, again with growing pauses, and when it is over', () => {
    const down = Array.from({ length: 190 }, (_, k) => `down, ${String(190 - k)} to go`);
    expect(saidOf([undefined, ...down, undefined, undefined])).toEqual([
      '1: down, 190 to go',
      '61: for 60 min now: down, 130 to go',
      '181: for 3.0 h now: down, 10 to go',
      '191: made answers again after 3.2 h',
    ]);
  });

  it('is said again when it begins again', () => {
    expect(saidOf(['down', undefined, 'down'])).toEqual([
      '0: down',
      '1: made answers again after 60 s',
      '2: down',
    ]);
  });
});
