import { placebo } from './placebo.js';

const { role: _placebo, ...manifest } = placebo.manifest;

/**
 * A placebo that competes: the same random moves, but judged by the gate like everybody. It has no skill by construction, so whenever
 * the gate passes one it is wrong. Not part of the catalog: only whoever tests the gate wants it.
 */
export const coinFlip: typeof placebo = {
  ...placebo,
  manifest: { ...manifest, kind: 'coin-flip', summary: 'a placebo that competes as a contestant' },
  label: (params) => placebo.label(params).replace('placebo', 'coin flip'),
};
