import { durationWords } from '../../core/domain/duration-words.js';
import { VenueFault } from '../../ports/venue.js';
import { retryAfterMs } from './retry-after.js';
import type { NoReply, WebReply } from './web-client.js';

/** A venue that wants to be left alone and does not say for how long. */
const PATIENCE_MS = 30_000;
const BAN_MS = 300_000;

/**
 * What a reply says without being read: who is shut out, who has failed, what is no JSON. Undefined where the reply is an
 * answer, also one that says no: ccxt knows the venues' own words for that. `request` is method and path.
 */
export function faultOfReply(
  request: string,
  reply: WebReply,
  isJson: boolean,
  nowMs: number,
): VenueFault | undefined {
  const { status } = reply;
  const waitMs = retryAfterMs(reply.headers.get('retry-after'), nowMs);
  const forTime = waitMs === undefined ? '' : ` for ${durationWords(waitMs)}`;
  const said = (kind: VenueFault['kind'], words: string, afterMs = waitMs): VenueFault =>
    new VenueFault(kind, `${request}: ${words} (${String(status)})`, afterMs);
  if (status === 429) return said('rate-limited', `asks for patience${forTime}`, waitMs ?? PATIENCE_MS);
  // Binance answers 418 to an address that went on after 429, and 403 when its firewall has had enough.
  if (status === 418 || status === 403)
    return said('banned', `shuts this address out${forTime}`, waitMs ?? BAN_MS);
  if (status >= 500) return said('unavailable', 'has failed');
  if (status >= 300 && status < 400)
    return said('bad-reply', 'answers with a redirect, which is not followed');
  if (status >= 400) return undefined;
  if (isJson) return undefined;
  const isPage = /^\s*</.test(reply.text);
  return said('bad-reply', isPage ? 'answers a page instead of JSON' : 'answers broken JSON, or none');
}

export function faultOfNoReply(request: string, { why, message }: NoReply): VenueFault {
  const kinds = {
    late: 'timeout',
    broken: 'unreachable',
    'too-large': 'bad-reply',
    unreadable: 'bad-reply',
  } as const;
  return new VenueFault(kinds[why], `${request}: ${message}`);
}
