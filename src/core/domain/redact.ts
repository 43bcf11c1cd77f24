/** Keys taken out of texts before anybody sees or keeps them. */
export type Redact = (text: string) => string;

/** Shorter values are ordinary words and no keys. */
const SHORTEST_SECRET = 6;
const MARK = '(key)';

/** `https://user:password@host` */
const USER_IN_ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@]+(?:@[^\s/?#@]+)*)@/gi;
/** Words of our own hints, which show how an address is written. */
const EXAMPLE = /^(?:user)?:password$/;
/** `Authorization: Bearer ...`, also as JSON or as an object that was printed. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:x-)?api-key|x-mbx-apikey)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token)\s+)?[^\s"',}]+/gi;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi;
/** `?apiKey=...`, `token=...` */
const PARAMETER =
  /\b((?:api|access|secret|private|auth)[-_]?(?:key|token)|key|token|secret|signature|password|passphrase)=[^\s&"'`,;)]+/gi;
/** As providers and exchanges make them. */
const KEY_LIKE = /\b(?:sk|pk|rk|gsk|xai|xoxb|ghp|sk-ant)[-_][\w*-]{6,}|\bAKIA[A-Z0-9]{12,}/g;

/**
 * Takes out every one of `secrets`, also where two overlap or one was written into an address or a JSON text, and whatever
 * looks like a key, an Authorization header or a password in an address.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const written = new Set(
    secrets
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .flatMap((secret) => [secret, encoded(secret), JSON.stringify(secret).slice(1, -1)]),
  );
  return (text) =>
    withoutAll(text, written)
      .replace(USER_IN_ADDRESS, (whole, scheme: string, user: string) =>
        EXAMPLE.test(user) ? whole : `${scheme}${MARK}@`,
      )
      .replace(HEADER, `$1$2${MARK}`)
      .replace(BEARER, `$1 ${MARK}`)
      .replace(PARAMETER, `$1=${MARK}`)
      .replace(KEY_LIKE, MARK);
}

/** Occurrences that overlap go as one: what one leaves over would be a piece of the other. */
function withoutAll(text: string, words: ReadonlySet<string>): string {
  const found: { from: number; to: number }[] = [];
  for (const word of words)
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
      found.push({ from: at, to: at + word.length });
  if (found.length === 0) return text;
  found.sort((a, b) => a.from - b.from);
  let clean = '';
  let end = 0;
  for (const { from, to } of found) {
    if (from >= end) clean += `${text.slice(end, from)}${MARK}`;
    end = Math.max(end, to);
  }
  return clean + text.slice(end);
}

/** As in an address; a text that has no such form (half of a surrogate pair) stays. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
