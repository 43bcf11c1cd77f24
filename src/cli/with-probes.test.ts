import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from './private-redis.js';
import { parseExposition } from '../../test/support/parse-exposition.js';
import { temporaryFolder } from '../../test/support/cli.js';
import { type ProbeBoard, withProbes } from './with-probes.js';
import type { LoggedOutput } from './with-log.js';

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const HOST = '127.0.0.1';
const HEARTBEAT = join(folder, '.heartbeat');

const noted: string[] = [];
const output: LoggedOutput = {
  json: false,
  say: (text) => noted.push(text),
  note: (text) => noted.push(text),
  answer: () => undefined,
  log: { path: () => undefined, write: () => undefined, lost: () => 3, close: () => undefined },
};

async function probed(
  work: (get: (path: string, method?: string) => Promise<Response>, board: ProbeBoard) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const wish = {
    name: 'paper',
    values: { metrics: { port: 0, host: HOST } },
    port: String(port),
    folder,
  } as const;
  await withProbes(wish, output, (board) =>
    work((path, method = 'GET') => fetch(`http://${HOST}:${String(port)}${path}`, { method }), board),
  );
}

function beat(content: object): void {
  writeFileSync(
    HEARTBEAT,
    JSON.stringify({ pid: process.pid, status: 'running', writtenAt: new Date().toISOString(), ...content }),
  );
}

describe('probes of a process', () => {
  it('/health has the words of the heartbeat: 200 while it beats, 503 when it does not', async () => {
    await probed(async (get) => {
      const health = async (): Promise<{ status: number; why: string }> => {
        const response = await get('/health');
        return { status: response.status, why: ((await response.json()) as { why: string }).why };
      };
      expect(await health()).toEqual({ status: 503, why: 'no heartbeat yet' });
      beat({ waitingFor: 'waits for BTC/USDT' });
      expect(await health()).toEqual({ status: 200, why: 'waits for BTC/USDT' });
      beat({});
      expect(await health()).toEqual({ status: 200, why: 'running' });
      beat({ writtenAt: new Date(Date.now() - 60_000).toISOString() });
      const silent = await health();
      expect(silent.status).toBe(503);
      expect(silent.why).toMatch(/^no heartbeat for \d+ s$/);
      beat({ pid: process.pid + 1 });
      expect((await health()).why).toContain('earlier start');
      beat({ status: 'stopped' });
      expect(await health()).toEqual({ status: 503, why: 'stopped' });
      writeFileSync(HEARTBEAT, '{"pid"');
      expect((await health()).status).toBe(503);
    });
  });

  it('/ready is 503 until the work has begun, /metrics is there from the start', async () => {
    await probed(async (get, board) => {
      expect((await get('/ready')).status).toBe(503);
      beat({});
      const early = parseExposition(await (await get('/metrics')).text());
      expect(early.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(1e6);
      expect(early.get('log_lines_lost_total')?.samples[0]?.value).toBe(3);
      expect(early.get('heartbeat_age_seconds')?.samples[0]?.value).toBeLessThan(60);
      board.ready();
      board.show(() => [
        { type: 'gauge', name: 'paper_equity_usd', help: 'Equity.', samples: [{ value: 12.5 }] },
      ]);
      expect((await get('/ready')).status).toBe(200);
      const response = await get('/metrics');
      expect(response.headers.get('content-type')).toContain('version=0.0.4');
      expect(parseExposition(await response.text()).get('paper_equity_usd')?.samples[0]?.value).toBe(12.5);
    });
  });

  it('a probe writes no heartbeat and touches none', async () => {
    beat({});
    utimesSync(HEARTBEAT, 1e9, 1e9);
    const before = statSync(HEARTBEAT);
    await probed(async (get) => {
      for (const path of ['/health', '/ready', '/metrics', '/nothing']) await get(path);
    });
    const { ino, size, mtimeMs, ctimeMs } = statSync(HEARTBEAT);
    expect({ ino, size, mtimeMs, ctimeMs }).toEqual({
      ino: before.ino,
      size: before.size,
      mtimeMs: before.mtimeMs,
      ctimeMs: before.ctimeMs,
    });
  });

  it('only asks are answered, and nothing else is there', async () => {
    beat({});
    await probed(async (get) => {
      expect((await get('/metrics', 'POST')).status).toBe(405);
      expect((await get('/')).status).toBe(404);
      expect((await get('/health', 'HEAD')).status).toBe(200);
    });
  });

  it('figures that fail are an answer of 500, and the work goes on', async () => {
    beat({});
    await probed(async (get, board) => {
      board.show(() => {
        throw new Error('no figures');
      });
      expect((await get('/metrics')).status).toBe(500);
      expect((await get('/health')).status).toBe(200);
    });
  });

  it('a port that somebody has is said, and the work goes on without probes', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, HOST, done));
    const { port } = other.address() as AddressInfo;
    const wish = {
      name: 'arena',
      values: { metrics: { port, host: HOST } },
      port: undefined,
      folder,
    } as const;
    expect(await withProbes(wish, output, () => Promise.resolve('done'))).toBe('done');
    expect(noted.at(-1)).toContain('EADDRINUSE');
    await new Promise((done) => other.close(done));
  });

  it('processes that share a settings file have ports of their own', async () => {
    const port = await freePort();
    const values = { metrics: { port: port - 2, host: HOST } };
    await withProbes({ name: 'paper', values, port: undefined, folder }, output, async () => {
      expect((await fetch(`http://${HOST}:${String(port)}/health`)).status).toBe(200);
    });
  });
});
