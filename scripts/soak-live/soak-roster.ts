/** Contestants of a soak, as a contestant file names them: rules that trade often, no two alike. */
export function soakRoster(contestants: number): readonly unknown[] {
  return Array.from({ length: contestants }, (_, k) => {
    const fast = 2 + (k % 25);
    const slow = fast + 2 + Math.floor(k / 25);
    return { kind: k % 2 === 0 ? 'sma-cross' : 'ema-cross', params: { fast, slow } };
  });
}
