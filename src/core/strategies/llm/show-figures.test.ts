import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed, inPriceUnits, priceText, quantityText, signedPercent } from './show-figures.js';

describe('figures of a prompt', () => {
  it('are prices with two decimals from 1 on, six below, and six digits where six decimals leave too few', () => {
    expect([109160, 2.4356, 1, 0.18564321, 0.0000071234567].map(priceText)).toEqual([
      '109160.00',
      '2.44',
      '1.00',
      '0.185643',
      '0.00000712346',
    ]);
    expect([inPriceUnits(-12.34567, 109160), inPriceUnits(0.00012347, 0.18)]).toEqual([
      '-12.346',
      '0.0001235',
    ]);
  });

  it('are n/a where they are not known, and never minus nothing', () => {
    for (const figure of [NaN, Infinity, -Infinity]) {
      expect(priceText(figure)).toBe('n/a');
      expect(fixed(figure, 3)).toBe('n/a');
      expect(quantityText(figure)).toBe('n/a');
      expect(signedPercent(figure)).toBe('n/a');
    }
    expect([fixed(-0.0001, 2), signedPercent(-1e-9), signedPercent(-0.5)]).toEqual([
      '0.00',
      '+0.00 %',
      '-50.00 %',
    ]);
  });

  it('are quantities that come back as they were, within a hundred-millionth', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (quantity) => {
        const text = quantityText(quantity);
        expect(text).not.toMatch(/e/i);
        expect(Math.abs(Number(text) / quantity - 1)).toBeLessThan(1e-7);
      }),
    );
  });
});
