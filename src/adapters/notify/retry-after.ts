import { z } from 'zod';

/** No place is obeyed for longer than this, whatever it says. */
const MAX_RETRY_AFTER_MS = 3_600_000;

const discordReply = z.looseObject({ retry_after: z.number() });

/**
 * How long a place asks to be left alone: `Retry-After` in seconds or as a date, and Discord's `retry_after` in
 * seconds with decimals. The longest counts; undefined where nothing usable is said.
 */
export function retryAfterMs(header: string | null, body: string, nowMs: number): number | undefined {
  const asked = [headerMs(header, nowMs), bodyMs(body)].filter((ms) => ms !== undefined && ms >= 0);
  return asked.length === 0
    ? undefined
    : Math.min(MAX_RETRY_AFTER_MS, Math.max(...asked.map((ms) => ms ?? 0)));
}

function headerMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Only the form that HTTP asks for: a date reader takes nearly any text for a date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const untilMs = Date.parse(text);
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - nowMs);
}

function bodyMs(body: string): number | undefined {
  try {
    const reply = discordReply.safeParse(JSON.parse(body));
    return reply.success ? Math.ceil(reply.data.retry_after * 1000) : undefined;
  } catch {
    // A page of a proxy, for instance: it says nothing about time.
    return undefined;
  }
}
