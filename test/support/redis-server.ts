import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended } from './cli.js';

const BINARY = 'redis-server';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  pid(): number;
  /** Holds it still, as if the machine were too busy, and lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Ended at once; what it held is gone. */
  kill(): Promise<void>;
  /** On the same port, empty. */
  start(): Promise<void>;
  stop(): Promise<void>;
  command(...words: string[]): Promise<string>;
}

/** Why tests with Redis cannot run here; undefined when they can. Where services are required that is an error. */
export function whyNoRedis(): string | undefined {
  if (spawnSync(BINARY, ['--version']).status === 0) return undefined;
  const why = 'redis-server is not installed: tests with a real Redis are skipped';
  if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(`REQUIRE_SERVICES=1, and ${why}`);
  process.stderr.write(`${why}\n`);
  return why;
}

/** A Redis of this test alone, on a free port of loopback, that keeps nothing on disk. */
export async function startRedis(...options: string[]): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(
      BINARY,
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        ...['--daemonize', 'no', '--loglevel', 'warning', ...options],
      ],
      { stdio: 'ignore' },
    );
    const endMs = performance.now() + 10_000;
    while (!(await answers(port))) {
      if (performance.now() > endMs) throw new Error(`redis-server does not answer on port ${String(port)}`);
      await sleep(20);
    }
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    pid: () => child.pid ?? -1,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill,
    start,
    stop: kill,
    command: (...words) => send(port, words),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  try {
    // Also one that asks for a password answers.
    return (await send(port, ['PING'])) !== '';
  } catch {
    return false;
  }
}

/** One command, answered in Redis's own words. */
function send(port: number, words: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `*${String(words.length)}\r\n${words.map((word) => `$${String(Buffer.byteLength(word))}\r\n${word}\r\n`).join('')}`,
      );
    });
    let text = '';
    socket.setTimeout(5000, () => {
      socket.destroy(new Error('no answer'));
    });
    socket.on('data', (part: Buffer) => {
      text += part.toString();
      if (isWhole(text)) socket.end();
    });
    socket.on('close', () => {
      done(text);
    });
    socket.on('error', fail);
  });
}

function isWhole(text: string): boolean {
  const bulk = /^\$(\d+)\r\n/.exec(text);
  if (bulk !== null) return Buffer.byteLength(text) >= bulk[0].length + Number(bulk[1]) + 2;
  const list = /^\*(\d+)\r\n/.exec(text);
  if (list !== null) return (text.match(/\r\n/g) ?? []).length >= 1 + 2 * Number(list[1]);
  return text.endsWith('\r\n');
}
