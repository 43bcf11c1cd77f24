import type { SoakInstrument } from './soak-plan.js';

/** Every third of them trades perpetuals with so much of its equity. */
const LEVERED_EXPOSURE = 4;

/** Contestants of a soak, as a contestant file names them: rules that trade often, no two alike. */
export function soakRoster(contestants: number, instrument: SoakInstrument): readonly unknown[] {
  return Array.from({ length: contestants }, (_, k) => {
    const fast = 2 + (k % 25);
    const slow = fast + 2 + Math.floor(k / 25);
    const sizing =
      instrument === 'spot' ? {} : { side: 'both', ...(k % 3 === 0 ? { exposure: LEVERED_EXPOSURE } : {}) };
    return { kind: k % 2 === 0 ? 'sma-cross' : 'ema-cross', params: { fast, slow, ...sizing } };
  });
}
