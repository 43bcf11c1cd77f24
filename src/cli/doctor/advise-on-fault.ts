import { durationWords } from '../../core/domain/duration-words.js';
import type { VenueFault } from '../../ports/venue.js';

/** What a person can do about an exchange that gave no answer. */
export function adviseOnFault({ kind, retryAfterMs }: VenueFault): string {
  const forTime = retryAfterMs === undefined ? 'a while' : durationWords(retryAfterMs);
  switch (kind) {
    case 'unreachable':
    case 'timeout':
      return 'check the connection, a proxy or firewall, and whether the exchange serves this country';
    case 'rate-limited':
      return `ask it nothing for ${forTime}; where nothing of yours does, another program at this address asks too much`;
    case 'banned':
      return `ask it nothing from this address for ${forTime}, which every request makes longer; if it was never asked much, it may not serve this country`;
    case 'unavailable':
    case 'circuit-open':
      return 'the exchange itself has failed: its status page may say more; a running arena waits for it and catches up';
    case 'bad-reply':
      return 'something in between may answer in its place (a proxy, a firewall, a page to log in), or it is being repaired: open it in a browser';
    case 'unknown-symbol':
    case 'refused':
      return 'see what it says, and --exchange, --instrument and --symbols';
  }
}
