import { printable } from '../../core/domain/printable.js';

/** Shorter ones are in ordinary words, and no key. */
const SHORTEST_SECRET = 6;
const MAX_WORDS = 240;

/** Marks of keys that providers quote, whole or with stars, and addresses, which may have keys in them. */
const KEY_LIKE = /\b(?:sk|pk|gsk|xai|key|bearer|token)[-_: ]+[A-Za-z0-9*._-]{6,}/gi;
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi;

/** Words of a provider as they may be shown and kept: one bounded line without keys and addresses. */
export function safeWords(text: string, secrets: readonly string[]): string {
  let safe = text.slice(0, 4000);
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) safe = safe.replaceAll(secret, '(key)');
  return printable(safe.replace(ADDRESS, '(address)').replace(KEY_LIKE, '(key)').trim(), MAX_WORDS);
}
