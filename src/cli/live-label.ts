import type { ArenaSettings } from '../app/arena-settings.js';

/** What people read of a live market. */
export function liveLabel({
  exchange = '',
  instrument,
}: Pick<ArenaSettings['market'], 'exchange' | 'instrument'>): string {
  return `live prices of ${exchange}${instrument === 'perpetual' ? ' perpetuals' : ''}`;
}
