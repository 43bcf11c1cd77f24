import type { Delivery, Note, Notifier } from '../../ports/notifier.js';
import { CHANNEL_RULES, type ChannelRules, openChannel } from './webhook-channel.js';
import type { WebhookTarget } from './webhook-targets.js';

export interface WebhookOptions {
  readonly targets: readonly WebhookTarget[];
  /** Hears what goes wrong and when it is well again, without any address. */
  readonly told: (text: string) => void;
  readonly delivered?: (delivery: Delivery) => void;
  readonly rules?: Partial<ChannelRules>;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
}

/** A note with a key that was told within this time is the same note. */
const SAME_NOTE_MS = 600_000;
const MAX_KEYS = 1_000;

/** Sends notes to webhooks; without any it is silent. Every place has its own queue: one that is down holds up no other. */
export function webhookNotifier(options: WebhookOptions): Notifier {
  const { targets, told } = options;
  const nowMs = options.nowMs ?? ((): number => performance.now());
  const channels = targets.map((target) =>
    openChannel(target, { ...CHANNEL_RULES, ...options.rules }, told, options.delivered ?? ((): void => {})),
  );
  const secrets = targets.flatMap(({ url }) => secretsOf(url));
  const toldAt = new Map<string, number>();
  const isNew = (key: string): boolean => {
    const now = nowMs();
    const before = toldAt.get(key);
    if (before !== undefined && now - before < SAME_NOTE_MS) return false;
    toldAt.delete(key);
    toldAt.set(key, now);
    if (toldAt.size > MAX_KEYS) for (const [oldest] of [...toldAt].slice(0, 1)) toldAt.delete(oldest);
    return true;
  };
  return {
    tell(note) {
      if (channels.length === 0 || !isNew(note.key)) return;
      const safe = withoutSecrets(note, secrets);
      for (const channel of channels) channel.put(safe);
    },
    settled: () => channels.every((channel) => channel.settled()),
    async close(timeoutMs) {
      await Promise.all(channels.map((channel) => channel.close(timeoutMs)));
    },
  };
}

/** The address, and the parts of its path that are long enough to be the secret itself. */
function secretsOf(url: string): readonly string[] {
  const { pathname, search } = new URL(url);
  return [url, ...pathname.split('/'), search].filter((part) => part.length >= 16);
}

/** A reason that somebody pasted an address into must not carry it on. */
function withoutSecrets(note: Note, secrets: readonly string[]): Note {
  const clean = (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '(secret)'), text);
  return {
    ...note,
    title: clean(note.title),
    text: clean(note.text),
    facts: Object.fromEntries(
      Object.entries(note.facts).map(([name, value]) => [
        name,
        typeof value === 'string' ? clean(value) : value,
      ]),
    ),
  };
}
