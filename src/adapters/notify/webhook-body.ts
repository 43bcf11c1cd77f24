import type { Note, NoteLevel } from '../../ports/notifier.js';
import type { WebhookFormat } from './webhook-targets.js';

/**
 * The body that each kind of place takes, within its limits: a text that is too long is refused as a whole, so it
 * is cut here. Discord counts 2000 characters of content, 4096 of an embed's description, 25 fields of 256 and
 * 1024, 6000 in total; Slack 150 of a header, 3000 of a section, 10 fields of 2000 each.
 */
export function webhookBody(format: WebhookFormat, note: Note): string {
  switch (format) {
    case 'discord':
      return JSON.stringify(discordBody(note));
    case 'slack':
      return JSON.stringify(slackBody(note));
    case 'json':
      return JSON.stringify(jsonBody(note));
  }
}

const MAX_FACTS = 20;
const COLOURS: Readonly<Record<NoteLevel, number>> = {
  info: 0x3b82f6,
  warning: 0xf59e0b,
  critical: 0xdc2626,
};

/** Nobody is pinged by a name in a note: `allowed_mentions` is empty. */
function discordBody(note: Note): unknown {
  const fields = factsOf(note).map(([name, value]) => ({
    // 20 x (56 + 120) and the description stay below 6000 together.
    name: clip(plainDiscord(name), 56),
    value: clip(plainDiscord(value), 120),
    inline: true,
  }));
  return {
    content: clip(plainDiscord(headline(note)), 2000),
    allowed_mentions: { parse: [] },
    embeds: [
      {
        description: clip(plainDiscord(note.text), 2000),
        color: COLOURS[note.level],
        fields,
        ...(Number.isFinite(note.at) ? { timestamp: new Date(note.at).toISOString() } : {}),
      },
    ],
  };
}

/** Plain text everywhere but in the fall-back, where three characters would otherwise make links and mentions. */
function slackBody(note: Note): unknown {
  const plain = (text: string, limit: number): unknown => ({
    type: 'plain_text',
    text: clip(text, limit),
    emoji: false,
  });
  const fields = factsOf(note).map(([name, value]) => plain(`${name}: ${value}`, 2000));
  return {
    text: clip(escapeSlack(headline(note)), 3000),
    blocks: [
      { type: 'header', text: plain(headline(note), 150) },
      { type: 'section', text: plain(note.text, 3000) },
      ...[fields.slice(0, 10), fields.slice(10, MAX_FACTS)]
        .filter((part) => part.length > 0)
        .map((part) => ({ type: 'section', fields: part })),
      ...(Number.isFinite(note.at)
        ? [{ type: 'context', elements: [plain(new Date(note.at).toISOString(), 100)] }]
        : []),
    ],
  };
}

/** For programs: `at` is the bar's open time, `key` is the same when the same note comes twice. */
function jsonBody(note: Note): unknown {
  return {
    from: 'strategy-arena',
    event: note.event,
    level: note.level,
    title: clip(note.title, 300),
    text: clip(note.text, 8000),
    at: Number.isFinite(note.at) ? new Date(note.at).toISOString() : null,
    facts: Object.fromEntries(
      Object.entries(note.facts)
        .slice(0, MAX_FACTS)
        .map(([name, value]) => [
          clip(name, 100),
          typeof value === 'string' ? clip(value, 1000) : Number.isFinite(value) ? value : null,
        ]),
    ),
    key: clip(note.key, 200),
  };
}

function headline({ level, title }: Note): string {
  return level === 'info' ? title : `${level.toUpperCase()}: ${title}`;
}

function factsOf(note: Note): readonly (readonly [string, string])[] {
  return Object.entries(note.facts)
    .slice(0, MAX_FACTS)
    .map(([name, value]) => [
      name,
      typeof value === 'number' ? String(Number(value.toPrecision(10))) : value,
    ]);
}

function plainDiscord(text: string): string {
  return text.replace(/[\\*_~`|>#[\]<]/g, '\\$&');
}

function escapeSlack(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** At most `limit` UTF-16 units, no half of a pair, never empty: both places refuse an empty text. */
function clip(text: string, limit: number): string {
  const whole = text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD').trim();
  if (whole.length === 0) return '-';
  if (whole.length <= limit) return whole;
  // A pair, an escape or an entity that the cut went through goes away with it.
  const cut = whole
    .slice(0, limit - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/\\+$/, '')
    .replace(/&[a-z]{0,3}$/, '');
  return `${cut}\u2026`;
}
