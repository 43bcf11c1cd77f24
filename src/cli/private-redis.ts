/** A Redis of one's own for tests, soaks and measurements: on a free port of loopback, nothing on disk, ended by its id. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../core/domain/problem.js';

const BINARY = 'redis-server';
const START_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 5_000;

export interface PrivateRedis {
  readonly url: string;
  readonly port: number;
  /** Holds it still, as if its machine were too busy, and lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Ended at once; what it held is gone. */
  kill(): Promise<void>;
  /** Again on the same port, empty. */
  start(): Promise<void>;
  /** One command, answered as it comes over the wire. */
  command(...words: string[]): Promise<string>;
}

export function hasRedis(): boolean {
  return spawnSync(BINARY, ['--version']).status === 0;
}

/** `options` as redis-server takes them. */
export async function startRedis(...options: string[]): Promise<PrivateRedis> {
  if (!hasRedis())
    throw new Problem('degraded', `${BINARY} is not installed`, { hint: 'apt-get install redis-server' });
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(
      BINARY,
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        ...['--daemonize', 'no', '--loglevel', 'warning', ...options],
      ],
      { stdio: 'ignore' },
    );
    const endMs = performance.now() + START_LIMIT_MS;
    while (!(await answers(port))) {
      if (performance.now() > endMs)
        throw new Problem('degraded', `${BINARY} does not answer on port ${String(port)}`);
      await sleep(20);
    }
  };
  await start();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    async kill() {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    start,
    command: (...words) => send(port, words),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  try {
    // One that asks for a password answers, too.
    return (await send(port, ['PING'])) !== '';
  } catch {
    return false;
  }
}

function send(port: number, words: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => {
      const parts = words.map((word) => `$${String(Buffer.byteLength(word))}\r\n${word}\r\n`);
      socket.write(`*${String(words.length)}\r\n${parts.join('')}`);
    });
    let text = '';
    socket.setTimeout(ANSWER_LIMIT_MS, () => {
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

/** One string, a list of strings, or one line. */
function isWhole(text: string): boolean {
  const bulk = /^\$(\d+)\r\n/.exec(text);
  if (bulk !== null) return Buffer.byteLength(text) >= bulk[0].length + Number(bulk[1]) + 2;
  const list = /^\*(\d+)\r\n/.exec(text);
  if (list !== null) return (text.match(/\r\n/g) ?? []).length >= 1 + 2 * Number(list[1]);
  return text.endsWith('\r\n');
}
