/** A number as venues write it: a text with `places` decimals, more where it would not be the same number. */
export function decimal(value: number, places: number): string {
  const text = value.toFixed(places);
  return Number(text) === value ? text : String(value);
}

/** How many decimals a step has: 0.001 has 3. */
export function decimalsOf(step: number): number {
  for (let places = 0; places < 12; places++) if (Number(step.toFixed(places)) === step) return places;
  return 12;
}
