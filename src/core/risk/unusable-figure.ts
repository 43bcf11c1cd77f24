import type { Protection } from '../domain/intent.js';

/**
 * What is no usable number in a stop, a target or a maximum hold; undefined when all are. Such a protection could
 * never act and would look like one that does. Prices in USD, distances as fractions of the fill price.
 */
export function unusableFigure({ stop, target, maxHoldBars }: Protection): string | undefined {
  for (const [name, level] of [['stop', stop] as const, ['target', target] as const]) {
    const figure = level === undefined ? 0 : 'price' in level ? level.price : level.fraction;
    if (!Number.isFinite(figure)) return `${name} ${String(figure)}`;
  }
  if (maxHoldBars !== undefined && !(maxHoldBars > 0 && Number.isFinite(maxHoldBars)))
    return `maxHoldBars ${String(maxHoldBars)}`;
  return undefined;
}
