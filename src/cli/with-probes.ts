/** `/health`, `/ready` and `/metrics` of a long-running process. It answers and changes nothing: no file is written or touched. */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { METRICS_CONTENT_TYPE, type MetricFamily, metricsText } from '../reporting/metrics-text.js';
import type { ArenaConfig } from './config/schema.js';
import { type Health, healthOf } from './health-of.js';
import type { LoggingProcess } from './log-file.js';
import { wholeBetween } from './parse-number.js';
import { processMetrics } from './process-metrics.js';
import type { LoggedOutput } from './with-log.js';

/** What a process tells its probes. */
export interface ProbeBoard {
  /** From now on it does its work. */
  ready(): void;
  /** Where its figures come from; asked at every probe. */
  show(families: () => readonly MetricFamily[]): void;
}

export interface ProbeWish {
  readonly name: LoggingProcess;
  readonly values: Pick<ArenaConfig, 'metrics'>;
  /** `--metrics-port`: this process's own port. */
  readonly port: string | undefined;
  /** Where the process beats; a worker has none, and lives while it answers. */
  readonly folder: string | undefined;
}

/** All processes may share one settings file: each has its place after `metrics.port`. */
const PLACES: readonly LoggingProcess[] = ['arena', 'deployer', 'paper', 'worker'];
const LONGEST_REQUEST_MS = 5_000;

/** Answers probes while the work is done. A port that cannot be had is said, and keeps nobody from trading. */
export async function withProbes<T>(
  { name, values, port: flag, folder }: ProbeWish,
  output: LoggedOutput,
  work: (board: ProbeBoard) => Promise<T>,
): Promise<T> {
  const port = portOf(name, values.metrics.port, flag);
  let isReady = false;
  let families: () => readonly MetricFamily[] = () => [];
  const board: ProbeBoard = {
    ready() {
      isReady = true;
    },
    show(source) {
      families = source;
    },
  };
  if (port === 0) return work(board);
  const health = (): Health =>
    folder === undefined
      ? { healthy: true, why: 'running', ageSeconds: undefined, heartbeat: undefined }
      : healthOf(folder, process.pid, Date.now());
  const server = createServer({ requestTimeout: LONGEST_REQUEST_MS }, (request, response) => {
    try {
      respond(request, response, name, {
        health,
        ready: () => isReady,
        families: () => [...families(), ...processMetrics(health().ageSeconds, output.log.lost())],
      });
    } catch (error) {
      output.note('a probe could not be answered', { fault: error instanceof Error ? error.message : '' });
      answer(response, 500, 'text/plain', 'no answer; see the log\n');
    }
  });
  const { host } = values.metrics;
  try {
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(port, host, done);
    });
    server.on('error', (error) => {
      output.note(`probes: ${error.message}`, { fault: error.message });
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    output.note(`no probes: ${why}; going on without /health, /ready and /metrics`, { fault: why });
    return work(board);
  }
  output.note(
    `probes: http://${host.includes(':') ? `[${host}]` : host}:${String(port)}/health /ready /metrics`,
  );
  try {
    return await work(board);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function portOf(name: LoggingProcess, first: number, flag: string | undefined): number {
  if (flag !== undefined) return wholeBetween(flag, '--metrics-port', 0, 65_535, '0 turns it off');
  return first === 0 ? 0 : first + PLACES.indexOf(name);
}

interface Sight {
  health(): Health;
  ready(): boolean;
  families(): readonly MetricFamily[];
}

function respond(request: IncomingMessage, response: ServerResponse, name: string, sight: Sight): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    answer(response, 405, 'text/plain', 'only GET\n');
    return;
  }
  const path = request.url?.split('?')[0] ?? '';
  switch (path) {
    case '/health': {
      const { healthy, why, ageSeconds, heartbeat } = sight.health();
      const body = {
        process: name,
        healthy,
        why,
        ageSeconds: ageSeconds ?? null,
        heartbeat: heartbeat ?? null,
      };
      answer(response, healthy ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
      return;
    }
    case '/ready': {
      const ready = sight.ready();
      answer(
        response,
        ready ? 200 : 503,
        'application/json',
        `${JSON.stringify({ process: name, ready })}\n`,
      );
      return;
    }
    case '/metrics':
      answer(response, 200, METRICS_CONTENT_TYPE, metricsText(sight.families()));
      return;
    default:
      answer(response, 404, 'text/plain', 'there are /health, /ready and /metrics\n');
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
