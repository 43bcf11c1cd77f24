import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from './token-estimate.js';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });

describe('the estimate of tokens', () => {
  it('counts the bytes of UTF-8', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        // Made of whole code points.
        expect(estimateTokens(text)).toBe(8 + Math.ceil(Buffer.byteLength(text, 'utf8') / 2.5));
      }),
    );
  });

  it('never sinks when text is added', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        expect(estimateTokens(text + more)).toBeGreaterThanOrEqual(estimateTokens(text));
      }),
    );
  });
});
