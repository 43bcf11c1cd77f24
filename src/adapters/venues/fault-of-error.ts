import { printable } from '../../core/domain/printable.js';
import { VenueFault, type VenueFaultKind } from '../../ports/venue.js';

/** ccxt's classes, by name: they come from a file that is loaded late. A class that is not named here is like its parent. */
const KINDS: Readonly<Record<string, VenueFaultKind>> = {
  BadSymbol: 'unknown-symbol',
  RateLimitExceeded: 'rate-limited',
  DDoSProtection: 'rate-limited',
  OnMaintenance: 'unavailable',
  ExchangeNotAvailable: 'unavailable',
  RequestTimeout: 'timeout',
  ChecksumError: 'bad-reply',
  InvalidNonce: 'refused',
  NetworkError: 'unreachable',
  BadResponse: 'bad-reply',
  OperationFailed: 'unavailable',
  MarketClosed: 'unavailable',
  ExchangeError: 'refused',
};

/** A refusal as the venue words it is short; more is a page. */
const LONGEST_WORDS = 160;

/** What an error of ccxt means. `what` says which request of which venue it was. */
export function faultOfError(error: unknown, what: string): VenueFault {
  if (error instanceof VenueFault) return error;
  for (let at: unknown = error; at instanceof Error; at = Object.getPrototypeOf(at)) {
    const kind = KINDS[at.constructor.name];
    if (kind !== undefined) return new VenueFault(kind, `${what}: ${safeWords(error)}`);
  }
  // A parser of ccxt that stumbles has been given something that is not what it was written for.
  const name = error instanceof Error && /^\w{1,40}$/.test(error.name) ? error.name : 'an error';
  return new VenueFault('bad-reply', `${what}: the reply could not be understood (${name})`);
}

/** Without addresses (a query may hold a key), markup and pages. */
function safeWords(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  const plain = text
    .slice(0, 4_000)
    .replace(/\b(https?|wss?):\/\/\S+/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[A-Za-z0-9+/_=-]{32,}/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? 'it says no more' : printable(plain, LONGEST_WORDS);
}
