import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type WebhookServer,
  startWebhookServer,
  status,
  until,
} from '../../../test/support/webhook-server.js';
import type { Delivery, Note, Notifier } from '../../ports/notifier.js';
import { retryAfterMs } from './retry-after.js';
import { webhookBody } from './webhook-body.js';
import { webhookNotifier } from './webhook-notifier.js';
import { type WebhookFormat, webhookTargets } from './webhook-targets.js';

const NOTE: Note = {
  event: 'promoted',
  level: 'info',
  title: 'generation 2: narrow trades from the next bar',
  text: 'keep ALDER-GEN 3.5',
  at: Date.UTC(2026, 0, 12),
  facts: { generation: 2, 'equity USD': 10_123.456 },
  key: 'paper-7-0',
};
const note = (i: number, more: Partial<Note> = {}): Note => ({
  ...NOTE,
  title: `note ${String(i)}`,
  key: `k${String(i)}`,
  ...more,
});
const RULES = { timeoutMs: 200, retryMs: 10, maxRetryMs: 40 };

interface Exam {
  readonly server: WebhookServer;
  readonly notifier: Notifier;
  readonly said: string[];
  readonly deliveries: Delivery[];
  readonly titles: () => string[];
}
const open: WebhookServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function exam(format: WebhookFormat = 'json', rules: Partial<typeof RULES> = {}): Promise<Exam> {
  const server = await startWebhookServer();
  open.push(server);
  const said: string[] = [];
  const deliveries: Delivery[] = [];
  const notifier = webhookNotifier({
    targets: webhookTargets({ NOTIFY_WEBHOOK_URL: server.url, NOTIFY_FORMAT: format }),
    told: (text) => said.push(text),
    delivered: (delivery) => deliveries.push(delivery),
    rules: { ...RULES, ...rules },
  });
  return {
    server,
    notifier,
    said,
    deliveries,
    titles: () => server.bodies.map((body) => (JSON.parse(body) as { title: string }).title),
  };
}

describe('a webhook', () => {
  it.each([200, 201, 204])('that answers %i has the note', async (code) => {
    // However busy the machine is: this is not about time.
    const { server, notifier, said, titles } = await exam('json', { timeoutMs: 10_000 });
    server.script.push(status(code, {}, 'ok'));
    notifier.tell(NOTE);
    await until(() => notifier.settled());
    expect(titles()).toEqual([NOTE.title]);
    expect(said).toEqual([]);
  });

  it.each([
    ['seconds', { 'retry-after': '1' }, ''],
    ['a date', 'date', ''],
    [
      "Discord's JSON",
      { 'content-type': 'application/json' },
      '{"message":"slow down","retry_after":0.9,"global":false}',
    ],
  ] as const)(
    'A-58: that asks for patience in %s gets it, and the note once more',
    async (_, headers, body) => {
      const { server, notifier, titles } = await exam();
      server.script.push((response) => {
        const sent =
          headers === 'date' ? { 'retry-after': new Date(Date.now() + 2_000).toUTCString() } : headers;
        response.writeHead(429, sent).end(body);
      });
      notifier.tell(NOTE);
      await until(() => notifier.settled());
      expect(titles()).toEqual([NOTE.title, NOTE.title]);
      const [first = 0, second = 0] = server.times;
      expect(second - first, 'not before the time it asked for').toBeGreaterThan(890);
    },
  );

  it('A-58: that fails for a while gets every note in order, and people hear of it once', async () => {
    const { server, notifier, said, titles } = await exam();
    server.script.push(status(500), status(503), status(502));
    for (let i = 0; i < 4; i++) notifier.tell(note(i, { event: i < 2 ? 'killed' : 'resumed' }));
    await until(() => notifier.settled());
    expect(titles()).toEqual(['note 0', 'note 0', 'note 0', 'note 0', 'note 1', 'note 2', 'note 3']);
    expect(said).toEqual([
      'notes to NOTIFY_WEBHOOK_URL (json): it answers 500; they wait and are tried again',
      'notes to NOTIFY_WEBHOOK_URL (json): it takes notes again',
    ]);
    expect(server.mostAtOnce()).toBe(1);
  });

  it.each([
    ['never answers', (): void => {}],
    [
      'resets the connection',
      (_: unknown, request: { socket: { resetAndDestroy(): void } }) => {
        request.socket.resetAndDestroy();
      },
    ],
    [
      'sends nonsense instead of HTTP',
      (_: unknown, request: { socket: { end(text: string): void } }) => {
        request.socket.end('hello\r\n\r\n');
      },
    ],
    [
      'ends in the middle of its headers',
      (_: unknown, request: { socket: { end(text: string): void } }) => {
        request.socket.end('HTTP/1.1 200 OK\r\ncontent-le');
      },
    ],
  ] as const)('that %s is tried again', async (_, answer) => {
    const { server, notifier, deliveries, titles } = await exam();
    server.script.push(answer);
    notifier.tell(NOTE);
    await until(() => notifier.settled());
    expect(titles()).toEqual([NOTE.title, NOTE.title]);
    expect(deliveries.map((delivery) => delivery.outcome.kind)).toEqual(['failed', 'sent']);
  });

  it('with a huge reply, or one that never ends, has the note', async () => {
    const { server, notifier, deliveries } = await exam();
    server.script.push(
      (response) => {
        response.writeHead(200);
        response.end(Buffer.alloc(50_000_000));
      },
      (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write('.'), 10);
        response.on('close', () => {
          clearInterval(drip);
        });
      },
    );
    notifier.tell(note(1));
    notifier.tell(note(2));
    await until(() => notifier.settled());
    expect(deliveries.map((delivery) => delivery.outcome.kind)).toEqual(['sent', 'sent']);
  });

  it('that fails with a reply that never ends is tried again within the time-out', async () => {
    const { server, notifier, deliveries } = await exam();
    server.script.push((response) => {
      response.writeHead(500);
      const drip = setInterval(() => response.write('{'), 10);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    notifier.tell(NOTE);
    await until(() => notifier.settled());
    expect(deliveries.map((delivery) => delivery.outcome.kind)).toEqual(['failed', 'sent']);
  });

  it('is not followed elsewhere', async () => {
    const { server, notifier, deliveries, said } = await exam();
    const elsewhere = await startWebhookServer();
    open.push(elsewhere);
    server.script.push(status(307, { location: elsewhere.url }));
    notifier.tell(NOTE);
    await until(() => notifier.settled());
    expect(elsewhere.bodies).toEqual([]);
    expect(deliveries[0]?.outcome).toMatchObject({ kind: 'refused', status: 307 });
    expect(said.join()).toContain('redirect');
  });

  it.each([400, 401, 404, 410, 413])(
    'that refuses with %i is not asked again, and said once each',
    async (code) => {
      const { server, notifier, titles, said } = await exam();
      server.script.push(status(code, {}, '{"message": "no"}'));
      notifier.tell(note(1));
      notifier.tell(note(2));
      await until(() => notifier.settled());
      expect(titles()).toEqual(['note 1', 'note 2']);
      expect(said).toEqual([expect.stringContaining(`it answers ${String(code)}`)]);
    },
  );

  it('that is down for ever holds up no other, and keeps a bounded number of notes', async () => {
    const well = await exam();
    const said: string[] = [];
    const gone = await startWebhookServer();
    await gone.close();
    const dead = gone.url;
    const notifier = webhookNotifier({
      targets: webhookTargets({ NOTIFY_WEBHOOK_URL: `${dead} ${well.server.url}` }),
      told: (text) => said.push(text),
      // The loop below keeps the event loop busy for a while.
      rules: { ...RULES, timeoutMs: 5_000 },
    });
    const events = ['killed', 'resumed', 'breaker', 'promoted', 'review'] as const;
    for (let i = 0; i < 10_000; i++) notifier.tell(note(i, { event: events[i % 5] ?? 'review' }));
    await until(() => well.server.bodies.length > 1);
    await notifier.close(300);
    expect(said.filter((text) => text.includes('cannot be reached (ECONNREFUSED)'))).toHaveLength(1);
    const last = said.at(-1) ?? '';
    const left = Number(/(\d+) could not be sent/.exec(last)?.[1]);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(30);
    expect(notifier.settled()).toBe(false);
    expect(said.join('\n')).not.toContain('0123456789');
  });
});

describe('many notes', () => {
  it('of one event become one message that counts them', async () => {
    const { server, notifier, titles } = await exam();
    for (let i = 0; i < 1_000; i++) notifier.tell(note(i));
    await until(() => notifier.settled());
    expect(server.bodies.length).toBeLessThan(10);
    const told = server.bodies.map(
      (body) => (JSON.parse(body) as { facts: { count?: number } }).facts.count ?? 1,
    );
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(1_000);
    expect(titles()[0]).toBe('note 0');
    expect(titles().at(-1)).toContain('note 999');
  });

  it('with one key within a while are one, and later another', async () => {
    let now = 0;
    const { server, titles } = await exam();
    const notifier = webhookNotifier({
      targets: webhookTargets({ NOTIFY_WEBHOOK_URL: server.url }),
      told: () => {},
      rules: RULES,
      nowMs: () => now,
    });
    for (let i = 0; i < 3; i++) notifier.tell(note(1));
    now = 599_999;
    notifier.tell(note(1));
    now = 600_001;
    notifier.tell(note(1));
    await until(() => notifier.settled());
    expect(titles()).toEqual(['note 1', 'note 1']);
  });

  it('A-58: to a place that is down lose the oldest of the lowest level first, and say how many', async () => {
    const { server, notifier, titles } = await exam('json', { retryMs: 300, maxRetryMs: 300 });
    server.script.push(status(500));
    notifier.tell(note(-1, { event: 'test' }));
    await until(() => server.bodies.length === 1);
    // Every event its own name, so that nothing is summarised; such names come from newer programs.
    for (let i = 0; i < 150; i++)
      notifier.tell(
        note(i, { event: `event-${String(i)}` as Note['event'], level: i < 60 ? 'critical' : 'info' }),
      );
    await until(() => notifier.settled());
    const kept = titles().filter((title) => title !== 'note -1');
    expect(kept).toHaveLength(100);
    expect(kept.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, i) => `note ${String(i)}`));
    expect(kept[60]).toBe('note 110');
    expect(server.bodies[1]).toContain('"notes lost before":50');
    expect(server.bodies[2]).not.toContain('notes lost before');
  });
});

describe('the end of the process', () => {
  it('waits for what can be sent', async () => {
    const { notifier, titles } = await exam();
    notifier.tell(note(1));
    notifier.tell(note(2));
    await notifier.close(2_000);
    expect(titles()).toEqual(['note 1', 'note 2']);
    expect(notifier.settled()).toBe(true);
    notifier.tell(note(3));
    expect(titles()).toHaveLength(2);
  });

  it('does not wait for a place that never answers, and knows that its note was not sent', async () => {
    const { server, notifier } = await exam('json', { timeoutMs: 60_000 });
    server.script.push(() => {});
    notifier.tell(note(1));
    await until(() => server.bodies.length === 1);
    await notifier.close(50);
    expect(notifier.settled()).toBe(false);
  });

  it('does not break the pause that a place asked for', async () => {
    const { server, notifier } = await exam();
    server.script.push(status(429, { 'retry-after': '600' }));
    notifier.tell(note(1));
    await until(() => server.bodies.length === 1);
    await new Promise((next) => setTimeout(next, 50));
    await notifier.close(300);
    expect(server.bodies).toHaveLength(1);
    expect(notifier.settled()).toBe(false);
  });
});

describe('what is sent', () => {
  const hostile = fc.record({
    title: fc.string({ unit: 'binary', maxLength: 3_000 }),
    text: fc.string({ unit: 'binary', maxLength: 9_000 }),
    facts: fc.dictionary(
      fc.string({ maxLength: 400 }),
      fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.double()),
      {
        maxKeys: 40,
      },
    ),
    at: fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 4e12 })),
  });

  it('keeps the limits of Discord', () => {
    fc.assert(
      fc.property(hostile, (more) => {
        const body = JSON.parse(webhookBody('discord', { ...NOTE, ...more })) as {
          content: string;
          allowed_mentions: { parse: unknown[] };
          embeds: { description: string; fields: { name: string; value: string }[] }[];
        };
        const [embed] = body.embeds;
        const fields = embed?.fields ?? [];
        expect(body.content.length).toBeLessThanOrEqual(2_000);
        expect(body.allowed_mentions.parse).toEqual([]);
        expect(fields.length).toBeLessThanOrEqual(25);
        for (const { name, value } of fields) {
          expect(name.length > 0 && name.length <= 256).toBe(true);
          expect(value.length > 0 && value.length <= 1_024).toBe(true);
        }
        const total = fields.reduce(
          (sum, { name, value }) => sum + name.length + value.length,
          embed?.description.length ?? 0,
        );
        expect(total).toBeLessThanOrEqual(6_000);
      }),
    );
  });

  it('keeps the limits of Slack', () => {
    fc.assert(
      fc.property(hostile, (more) => {
        const body = JSON.parse(webhookBody('slack', { ...NOTE, ...more })) as {
          text: string;
          blocks: { type: string; text?: { type: string; text: string }; fields?: { text: string }[] }[];
        };
        expect(body.text.length > 0 && body.text.length <= 4_000).toBe(true);
        expect(body.text).not.toMatch(/[<>]/);
        expect(body.blocks.length).toBeLessThanOrEqual(50);
        for (const block of body.blocks) {
          const limit = block.type === 'header' ? 150 : 3_000;
          expect((block.text?.text.length ?? 1) <= limit && block.text?.text !== '').toBe(true);
          expect((block.fields ?? []).length).toBeLessThanOrEqual(10);
          for (const field of block.fields ?? [])
            expect(field.text.length > 0 && field.text.length <= 2_000).toBe(true);
        }
      }),
    );
  });

  it('is plain JSON for programs, with the bar and the key', () => {
    expect(JSON.parse(webhookBody('json', NOTE))).toEqual({
      from: 'strategy-arena',
      event: 'promoted',
      level: 'info',
      title: NOTE.title,
      text: NOTE.text,
      at: '2026-01-12T00:00:00.000Z',
      facts: NOTE.facts,
      key: 'paper-7-0',
    });
  });

  it('A-60: never holds the address of the place, nor does anything that is said', async () => {
    const { server, notifier, said, deliveries } = await exam();
    const secret = server.url.split('/').at(-1) ?? '';
    server.script.push(status(500), status(404, {}, server.url), status(302, { location: server.url }));
    notifier.tell(note(1, { title: `see ${server.url}`, text: secret, facts: { reason: `x${secret}` } }));
    notifier.tell(note(2));
    await until(() => notifier.settled());
    expect([...server.bodies, ...said, JSON.stringify(deliveries)].join('\n')).not.toContain(secret);
  });
});

describe('the places that the environment names', () => {
  const secret = 'AbCdEf0123456789AbCdEf';
  const channel = '1';
  it('are recognised by their address, and by their variable', () => {
    const formats = (environment: Record<string, string>): string[] =>
      webhookTargets(environment).map((target) => target.place);
    expect(formats({})).toEqual([]);
    expect(formats({ NOTIFY_WEBHOOK_URL: '' })).toEqual([]);
    expect(
      formats({
        NOTIFY_WEBHOOK_URL: `https://discord.com/api/webhooks/${channel}/${secret} https://hooks.slack.com/services/${secret}`,
        NOTIFY_WEBHOOK_URL_2: `https://example.org/${secret}`,
        DISCORD_WEBHOOK_URL: `https://canary.discord.com/api/webhooks/${channel}/${secret}`,
        SLACK_WEBHOOK_URL: `https://chat.example.org/hooks/${secret}`,
      }),
    ).toEqual([
      'NOTIFY_WEBHOOK_URL, address 1 (discord)',
      'NOTIFY_WEBHOOK_URL, address 2 (slack)',
      'NOTIFY_WEBHOOK_URL_2 (json)',
      'DISCORD_WEBHOOK_URL (discord)',
      'SLACK_WEBHOOK_URL (slack)',
    ]);
    expect(formats({ NOTIFY_WEBHOOK_URL: `https://notdiscord.com/${secret}` })).toEqual([
      'NOTIFY_WEBHOOK_URL (json)',
    ]);
    expect(formats({ NOTIFY_WEBHOOK_URL: `https://a.org/${secret}`, NOTIFY_FORMAT: 'Slack' })).toEqual([
      'NOTIFY_WEBHOOK_URL (slack)',
    ]);
  });

  it.each([
    `http://example.org/${secret}`,
    `http://127.0.0.1.example.org/${secret}`,
    `ftp://127.0.0.1/${secret}`,
    `file:///${secret}`,
    `https://user:${secret}@example.org/`,
    `https//${secret}`,
    `"https://example.org/${secret}"`,
  ])('A-60: are refused without a word of them: %s', (text) => {
    let message = '';
    try {
      webhookTargets({ NOTIFY_WEBHOOK_URL: text });
    } catch (error) {
      message = JSON.stringify(error, Object.getOwnPropertyNames(error));
    }
    expect(message).toContain('NOTIFY_WEBHOOK_URL');
    expect(message).not.toContain(secret);
    expect(message).not.toContain('example.org');
  });
});

describe('how long a place asks to be left alone', () => {
  const NOW = Date.UTC(2026, 0, 1);
  it.each([
    ['2', '', 2_000],
    ['0', '', 0],
    ['1.5', '', 1_500],
    ['Thu, 01 Jan 2026 00:00:30 GMT', '', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', '', 0],
    ['1', '{"retry_after": 64.57}', 64_570],
    [null, '{"retry_after": 0.3}', 300],
    ['999999999', '', 3_600_000],
    [null, '{"retry_after": 1e300}', 3_600_000],
    ['-1', '', undefined],
    ['soon', '', undefined],
    ['1e9', '', undefined],
    ['2026', '{"retry_after": "x"}', 2_026_000],
    [null, '{"retry_after": -1}', undefined],
    [null, '<html>', undefined],
  ] as const)('%s %s', (header, body, expected) => {
    expect(retryAfterMs(header, body, NOW)).toBe(expected);
  });
});
