import type { TrialRubbish } from '../ports/trial-source.js';

/** How often one reason is told with the place it was found at. */
const TOLD = 3;

/** A storage can have thousands of trials that fail for one reason: a few of them, then how many more. */
export function boundReasons(rubbish: readonly TrialRubbish[]): TrialRubbish[] {
  const byReason = new Map<string, TrialRubbish[]>();
  for (const item of rubbish) {
    const before = byReason.get(item.why);
    if (before === undefined) byReason.set(item.why, [item]);
    else before.push(item);
  }
  return [...byReason.values()].flatMap((items) => {
    const left = items.slice(TOLD);
    const [next] = left;
    return next === undefined || left.length === 1
      ? items
      : [
          ...items.slice(0, TOLD),
          { where: `${next.where} and ${String(left.length - 1)} more`, why: next.why },
        ];
  });
}
