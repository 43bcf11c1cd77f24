import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';

const formatSchema = z.enum(['discord', 'slack', 'json']);
export type WebhookFormat = z.infer<typeof formatSchema>;

/** A place that takes notes. Its URL is a secret: who knows it may write there. */
export interface WebhookTarget {
  /** Which variable named it; the only name of the place that is ever shown. */
  readonly place: string;
  readonly format: WebhookFormat;
  readonly url: string;
}

/** More places than this are a mistake. */
const MAX_TARGETS = 10;
const NUMBERED = /^NOTIFY_WEBHOOK_URL(?:_\d{1,2})?$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The places that the environment names. No message ever holds a URL or a part of one. */
export function webhookTargets(
  environment: Readonly<Record<string, string | undefined>>,
): readonly WebhookTarget[] {
  const wanted = formatOf(environment['NOTIFY_FORMAT']);
  const found: WebhookTarget[] = [];
  const seen = new Set<string>();
  const add = (variable: string, format: WebhookFormat | undefined): void => {
    const urls = (environment[variable] ?? '').split(/\s+/).filter((text) => text !== '');
    urls.forEach((text, i) => {
      const name = urls.length > 1 ? `${variable}, address ${String(i + 1)}` : variable;
      const url = checkedUrl(text, name);
      if (seen.has(url.href)) return;
      seen.add(url.href);
      const chosen = format ?? recognise(url);
      found.push({ place: `${name} (${chosen})`, format: chosen, url: url.href });
    });
  };
  for (const variable of Object.keys(environment)
    .filter((name) => NUMBERED.test(name))
    .sort())
    add(variable, wanted);
  add('DISCORD_WEBHOOK_URL', 'discord');
  add('SLACK_WEBHOOK_URL', 'slack');
  if (found.length > MAX_TARGETS)
    throw new Problem(
      'usage',
      `the environment names ${String(found.length)} places for notes, at most ${String(MAX_TARGETS)} are served`,
    );
  return found;
}

function formatOf(text: string | undefined): WebhookFormat | undefined {
  if (text === undefined || text === '') return undefined;
  const format = formatSchema.safeParse(text.toLowerCase());
  if (!format.success)
    throw new Problem('usage', 'NOTIFY_FORMAT names no format', { hint: 'choose discord, slack or json' });
  return format.data;
}

/** What the reader says about a URL that it cannot read quotes the URL, so its error is not passed on. */
function checkedUrl(text: string, name: string): URL {
  if (!URL.canParse(text))
    throw new Problem('usage', `${name} is not a URL`, { hint: 'it begins with https://' });
  const url = new URL(text);
  const loopback = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !loopback)
    throw new Problem('usage', `${name} does not begin with https://`, {
      hint: 'over anything else the secret in it can be read on the way; only this machine may be plain http',
    });
  if (url.username !== '' || url.password !== '')
    throw new Problem('usage', `${name} has a user name or a password in it`, {
      hint: 'use a webhook whose secret is in its path',
    });
  return url;
}

function recognise({ hostname, pathname }: URL): WebhookFormat {
  if (hostname === 'hooks.slack.com' || pathname.endsWith('/slack')) return 'slack';
  return /(?:^|\.)discord(?:app)?\.com$/.test(hostname) ? 'discord' : 'json';
}
