/**
 * How long a venue asks to be left alone, in milliseconds: `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3);
 * undefined where nothing usable is said.
 */
export function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,6})?$/.test(trimmed)) return Number(trimmed) * 1000;
  // Only the form that HTTP asks for: a date reader takes nearly any text for a date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(trimmed)) return undefined;
  const untilMs = Date.parse(trimmed);
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - nowMs);
}
