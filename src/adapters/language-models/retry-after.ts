/**
 * How long a provider asks to be left alone, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP
 * date (RFC 9110, 10.2.3). The more exact header wins; undefined where nothing usable is said.
 */
export function retryAfterMs(headers: Pick<Headers, 'get'> | undefined, wallMs: number): number | undefined {
  const exact = decimal(headers?.get('retry-after-ms'));
  if (exact !== undefined) return exact;
  const text = headers?.get('retry-after');
  const seconds = decimal(text);
  if (seconds !== undefined) return seconds * 1000;
  // Only the form that HTTP asks for: a date reader takes nearly any text for a date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text?.trim() ?? ''))
    return undefined;
  const untilMs = Date.parse(text ?? '');
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - wallMs);
}

function decimal(text: string | null | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^\d{1,12}(?:\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : undefined;
}
