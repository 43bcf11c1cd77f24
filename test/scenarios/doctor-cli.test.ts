import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { DoctorFinding } from '../../src/reporting/doctor-text.js';
import { type CliResult, ROOT, runCli, temporaryFolder } from '../support/cli.js';
import { openListedExchange } from '../support/listed-exchange.js';
import type { LocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { runCliBeside } from '../support/run-cli-beside.js';

let exchange: LocalExchange | undefined;
const { path: root, remove } = temporaryFolder();
afterEach(async () => {
  await exchange?.close();
  exchange = undefined;
});
afterAll(remove);

const folders = (name: string): string[] => {
  const at = join(root, name);
  mkdirSync(at, { recursive: true });
  return [
    '--state',
    join(at, 'arena'),
    '--deployments',
    join(at, 'deployments'),
    '--paper',
    join(at, 'paper'),
  ];
};

interface Answer {
  readonly code: number | null;
  readonly findings: ReadonlyMap<string, DoctorFinding>;
}

function answerOf({ code, stdout, stderr }: CliResult): Answer {
  const { findings } = JSON.parse(stdout === '' ? `{"findings":[]}` : stdout) as {
    findings: DoctorFinding[];
  };
  expect(findings.length, stderr).toBeGreaterThan(0);
  return { code, findings: new Map(findings.map((finding) => [finding.check, finding])) };
}

/** Asks about an exchange whose time is this machine's. */
async function askAbout(local: LocalExchange, ...args: string[]): Promise<Answer> {
  const all = [
    'doctor',
    '--json',
    '--exchange',
    'binance',
    '--exchange-url',
    local.url,
    ...folders('asked'),
    ...args,
  ];
  return answerOf(await runCliBeside(all, { REDIS_URL: '' }));
}

const COINS = ['--symbols', 'BTC/USDT,ETH/USDT'];

describe('doctor, about an exchange', () => {
  it('is content with one that answers, keeps time and trades the symbols', async () => {
    exchange = await openListedExchange(24, 0, Date.now());
    exchange.clock.set(Date.now());
    exchange.clock.run(1);
    const { code, findings } = await askAbout(exchange, ...COINS);
    expect(code).toBe(0);
    expect(findings.get('exchange: binance')?.text).toMatch(/^answers in \d+ ms$/);
    expect(findings.get('clock: binance')?.verdict).toBe('ok');
    expect(findings.get('symbols: binance')?.text).toBe('BTC/USDT, ETH/USDT trade');
    expect(findings.get('limits: binance')?.text).toMatch(/% of what this address may ask/);
  });

  it('says by how much clocks are apart, and which one is behind', async () => {
    exchange = await openListedExchange(24, 0, Date.now());
    exchange.clock.set(Date.now());
    exchange.clock.run(1);
    const fault = exchange.faults.add({ kind: 'clock-skew', skewMs: 90_000 });
    const behind = (await askAbout(exchange, ...COINS)).findings.get('clock: binance');
    expect(behind?.verdict).toBe('warn');
    expect(behind?.text).toMatch(/^this machine's clock is (89|90)\.\d s behind the exchange's$/);
    fault.remove();
    exchange.faults.add({ kind: 'clock-skew', skewMs: -600_000 });
    const ahead = await askAbout(exchange, ...COINS);
    expect(ahead.findings.get('clock: binance')?.text).toMatch(/is 10 min ahead of the exchange's$/);
    expect(ahead.findings.get('clock: binance')?.verdict).toBe('fail');
    expect(ahead.code).toBe(1);
  });

  it('names symbols that are halted, gone or misspelt', async () => {
    exchange = await openListedExchange(24, 0, Date.now());
    exchange.setStatus('ETH/USDT', 'halted');
    const halted = (await askAbout(exchange, ...COINS)).findings.get('symbols: binance');
    expect(halted).toMatchObject({ verdict: 'warn', text: 'ETH/USDT is halted' });
    const wrong = await askAbout(exchange, '--symbols', 'BCT/USDT');
    expect(wrong.findings.get('symbols: binance')?.verdict).toBe('fail');
    expect(wrong.findings.get('symbols: binance')?.text).toContain('the nearest is "BTC/USDT"');
    expect(wrong.code).toBe(1);
    // Nobody named any: that this exchange lacks one of the usual ones is no illness.
    const unnamed = await askAbout(exchange);
    expect(unnamed.findings.get('symbols: binance')).toMatchObject({ verdict: 'skip' });
    expect(unnamed.code).toBe(0);
  });

  it('one that cannot be reached fails where it was asked for, and is a warning where nothing needs it', async () => {
    exchange = await openListedExchange(24, 0, Date.now());
    const { url } = exchange;
    await exchange.close();
    const args = ['doctor', '--json', '--exchange-url', url, ...folders('gone')];
    const asked = answerOf(await runCliBeside([...args, '--exchange', 'binance'], { REDIS_URL: '' }));
    expect(asked.findings.get('exchange: binance')?.verdict).toBe('fail');
    expect(asked.code).toBe(1);
    const unasked = answerOf(await runCliBeside(args, { REDIS_URL: '' }));
    expect(unasked.findings.get('exchange: binance')?.verdict).toBe('warn');
    expect(unasked.code).toBe(0);
  });

  it.each([
    {
      fault: { kind: 'banned', retryAfterS: 7200 } as const,
      text: /shuts this address out for 2\.0 h \(418\)/,
      advice: /^ask it nothing from this address for 2\.0 h/,
    },
    {
      fault: { kind: 'rate-limited', retryAfterS: 1800 } as const,
      text: /asks for patience for 30 min \(429\)/,
      advice: /^ask it nothing for 30 min; .*another program/,
    },
    {
      fault: { kind: 'server-error', status: 503 } as const,
      text: /has failed \(503\)/,
      advice: /the exchange itself has failed/,
    },
    {
      fault: { kind: 'html-answer' } as const,
      text: /answers a page instead of JSON/,
      advice: /something in between may answer/,
    },
  ])(
    'advises on what it is: $fault.kind',
    async ({ fault, text, advice }) => {
      exchange = await openListedExchange(24, 0, Date.now());
      exchange.faults.add(fault);
      const { code, findings } = await askAbout(exchange, ...COINS);
      expect(findings.get('exchange: binance')?.text).toMatch(text);
      expect(findings.get('exchange: binance')?.advice).toMatch(advice);
      expect(code).toBe(1);
    },
    30_000,
  );

  it('asks nobody with --offline', async () => {
    exchange = await openListedExchange(24, 0, Date.now());
    const { findings } = await askAbout(exchange, '--offline');
    expect(findings.get('exchange')?.verdict).toBe('skip');
    expect(exchange.totals().requests).toBe(0);
  });
});

describe('doctor, about this machine', () => {
  const offline = (cwd: string, env: Record<string, string> = {}, ...args: string[]): Answer =>
    answerOf(runCli(['doctor', '--offline', '--json', ...args], { cwd, env: { REDIS_URL: '', ...env } }));

  it('names keys and webhooks of the environment and shows none of them', () => {
    const { path, remove: clear } = temporaryFolder();
    const env = {
      OPENAI_API_KEY: 'sk-not-to-be-seen',
      GROQ_API_KEY: '"quoted-not-to-be-seen"',
      NOTIFY_WEBHOOK_URL: 'https://127.0.0.1/not-to-be-seen',
      REDIS_URL: 'redis://:not-to-be-seen@127.0.0.1:1',
    };
    const result = runCli(['doctor', '--offline'], { cwd: path, env });
    expect(result.stdout).toContain('OPENAI_API_KEY for openai, GROQ_API_KEY for groq');
    expect(result.stdout).toContain('GROQ_API_KEY has quotes or spaces in it');
    expect(result.stdout).toContain('NOTIFY_WEBHOOK_URL');
    expect(result.stdout + result.stderr).not.toContain('not-to-be-seen');
    clear();
  });

  it('warns of an .env that others may read, and leaves nothing behind', () => {
    const { path, remove: clear } = temporaryFolder();
    writeFileSync(join(path, '.env'), '');
    chmodSync(join(path, '.env'), 0o644);
    const open = offline(path);
    expect(open.findings.get('.env')).toMatchObject({ verdict: 'warn', advice: 'chmod 600 .env' });
    expect(open.code).toBe(0);
    chmodSync(join(path, '.env'), 0o600);
    expect(offline(path).findings.get('.env')?.verdict).toBe('ok');
    expect(readdirSync(path)).toEqual(['.env']);
    clear();
  });

  it('tells room and the time of a durable write of every folder, and fails where none is possible', () => {
    const { path, remove: clear } = temporaryFolder();
    writeFileSync(join(path, 'arena_state'), 'a file in the place of the folder');
    const { code, findings } = offline(path);
    expect(findings.get('disk: arena')?.verdict).toBe('fail');
    expect(findings.get('disk: paper')?.text).toMatch(/^[\d.]+ GB free, a durable write takes [\d.]+ ms/);
    expect(code).toBe(1);
    clear();
  });

  it.each([
    ['to a folder that is not there', 'nowhere'],
    ['to itself', 'link'],
  ])('fails a link %s, as an arena would', (_what, target) => {
    const { path, remove: clear } = temporaryFolder();
    symlinkSync(join(path, target), join(path, 'link'));
    for (const state of ['link', 'link/below']) {
      const { code, findings } = offline(path, {}, '--state', state);
      expect(findings.get('disk: arena')).toMatchObject({
        verdict: 'fail',
        advice: expect.stringContaining('is a link to nowhere') as string,
      });
      expect(code).toBe(1);
      expect(runCli(['arena', '--once', '--state', state], { cwd: path }).code).toBe(2);
    }
    clear();
  });

  it('knows the schema of a state, and one that is damaged', () => {
    const { path, remove: clear } = temporaryFolder();
    expect(
      runCli(['arena', '--days', '1', '--quiet', '--contestants', join(ROOT, 'contestants')], { cwd: path })
        .code,
    ).toBe(0);
    const before = readdirSync(join(path, 'arena_state'));
    expect(offline(path).findings.get('state: arena')?.text).toMatch(/^schema \d+, /);
    expect(readdirSync(join(path, 'arena_state')), 'no file beside the journal').toEqual(before);
    writeFileSync(join(path, 'arena_state', 'journal.sqlite'), 'no database');
    const { code, findings } = offline(path);
    expect(findings.get('state: arena')?.verdict).toBe('fail');
    expect(findings.get('state: arena')?.advice).toContain('--fresh');
    expect(code).toBe(1);
    clear();
  });

  it('a Redis that cannot be used fails without its password being told', () => {
    const { path, remove: clear } = temporaryFolder();
    const args = ['doctor', '--exchange-url', 'http://127.0.0.1:1'];
    const result = runCli(args, { cwd: path, env: { REDIS_URL: 'redis://:hidden-word@127.0.0.1:1' } });
    expect(result.stdout).toMatch(/^fail +redis +Redis at redis:\/\/127\.0\.0\.1:1 cannot be used/m);
    expect(result.stdout + result.stderr).not.toContain('hidden-word');
    expect(result.code).toBe(1);
    clear();
  });
});
