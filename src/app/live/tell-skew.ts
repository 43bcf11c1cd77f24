import { durationWords } from '../../core/domain/duration-words.js';
import { MINUTE_MS } from '../../core/domain/time.js';
import type { FeedMemory } from './feed-memory.js';

/** Clocks that are closer than this are corrected without a word. */
const WORTH_SAYING_MS = MINUTE_MS;
/** What has changed by a smaller part is the same as what was said. */
const SAME_FRACTION = 0.1;

/** Says by how much this machine's clock is off, once, until that changes: whoever reads its times beside the venue's is puzzled. */
export function tellSkew(memory: FeedMemory): void {
  const { setup } = memory;
  const { skewMs, saidSkewMs } = memory;
  const isOff = Math.abs(skewMs) > WORTH_SAYING_MS;
  if (!isOff && saidSkewMs === 0) return;
  if (
    isOff &&
    Math.abs(skewMs - saidSkewMs) <= Math.max(WORTH_SAYING_MS, SAME_FRACTION * Math.abs(saidSkewMs))
  )
    return;
  memory.saidSkewMs = isOff ? skewMs : 0;
  const apart = durationWords(Math.abs(skewMs));
  setup.told(
    isOff
      ? `this machine's clock is ${apart} ${skewMs > 0 ? 'behind' : 'ahead of'} that of ${setup.venue.name}: the arena goes by ${setup.venue.name}'s`
      : `this machine's clock agrees with that of ${setup.venue.name} again`,
  );
}
