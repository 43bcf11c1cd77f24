import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoneGate } from './lone-gate.js';

describe('the gate for lone work', () => {
  it('never lets anything go on beside it, and lets everything in at last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ alone: fc.boolean(), turns: fc.nat({ max: 5 }) }), { maxLength: 30 }),
        async (works) => {
          const gate = createLoneGate();
          let inside = 0;
          let aloneInside = 0;
          let most = 0;
          const results = await Promise.all(
            works.map(({ alone, turns }, i) =>
              gate[alone ? 'alone' : 'together'](async () => {
                inside++;
                if (alone) aloneInside++;
                most = Math.max(most, inside);
                for (let turn = 0; turn < turns; turn++) await Promise.resolve();
                if (aloneInside > 0) expect(inside).toBe(1);
                inside--;
                if (alone) aloneInside--;
                return i;
              }),
            ),
          );
          expect(results).toEqual(works.map((_, i) => i));
          if (works.every(({ alone, turns }) => !alone && turns > 0)) expect(most).toBe(works.length);
        },
      ),
    );
  });

  it('is free again after work that throws', async () => {
    const gate = createLoneGate();
    await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.together(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.alone(() => Promise.resolve(1))).toBe(1);
  });
});
