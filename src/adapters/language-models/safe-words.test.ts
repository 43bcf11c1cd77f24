import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeWords } from './safe-words.js';

describe('words of a provider', () => {
  it.each([
    ['Incorrect API key provided: sk-proj-abc***wxyz.', /proj|wxyz/],
    ['Authorization: Bearer abcdef0123456789 is wrong', /abcdef/],
    ['see https://user:pass@example.com/v1?key=1234567 for more', /pass|example|1234567/],
    ['key=gsk_ABCDEFGHIJKL', /ABCDEF/],
    ['two\nlines\u001b[31m and colours\u202e', /[\n\u001b\u202e]/],
  ])('lose keys, addresses and what steers a terminal: %j', (said, mark) => {
    expect(safeWords(said, [])).not.toMatch(mark);
  });

  it('keep what they say', () => {
    expect(safeWords('Rate limit reached for gpt-4o-mini: Limit 3, Used 3.', [])).toBe(
      'Rate limit reached for gpt-4o-mini: Limit 3, Used 3.',
    );
  });

  it('never hold a secret, wherever it stands', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        expect(safeWords(`${before}${key}${after}`, [key])).not.toContain(key);
      }),
    );
  });
});
