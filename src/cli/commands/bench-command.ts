import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { benchSweep } from '../../app/bench-sweep.js';
import { type W2Result, runW2 } from '../../app/bench-kernel.js';
import { runW1 } from '../../app/bench-workloads.js';
import { runMemory } from '../../core/kernel/run-session.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { type Column, fixed, textTable } from '../../reporting/text-table.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { positive } from '../parse-number.js';
import { recordedTable } from '../wire-candles.js';
import { sha256 } from '../wire.js';
import { benchCandles } from './bench-candles.js';
import { queueOverhead } from './bench-queue-command.js';
import { type Floor, floorsJson, floorsText } from './bench-floors.js';
import {
  DURABLE_CONTESTANTS,
  LIVE_ARENA_SYMBOLS,
  LIVE_CONTESTANTS,
  benchJournals,
  journalLines,
  journalsJson,
  percentile,
} from './bench-journals.js';
import { PROGRAM_FOLDER, compiledFile } from '../compiled.js';

const limitSchema = z.object({
  equity: z.number().optional(),
  fills: z.number(),
  run_s: z.number(),
  order_hash: z.number().optional(),
});
type Limit = z.infer<typeof limitSchema>;

const BENCH = join(PROGRAM_FOLDER, 'bench');

interface W2Row {
  readonly m: number;
  readonly engine: W2Result;
  readonly c: Limit | undefined;
  readonly js: Limit;
}

/** Runs the limits and the engine on the same data and prints ratios. */
export async function benchCommand(flags: {
  contestants: string;
  repetitions: string;
  candles?: string;
  json?: boolean;
  brief?: boolean;
}): Promise<number> {
  const output = createOutput(flags.json === true);
  const sizes = flags.contestants.split(',').map((text) => positive(text, '--contestants'));
  const repetitions = positive(flags.repetitions, '--repetitions');
  const folder = mkdtempSync(join(tmpdir(), 'arena-bench-'));
  const measuring = (what: string): void => {
    output.note(`measuring ${what} ...`);
  };
  try {
    output.say(
      `bench on ${String(cpus().length)} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    );
    execFileSync(process.execPath, [join(BENCH, 'gen.mjs'), folder]);
    layOutMarket(folder);
    measuring('W1');
    const w1 = benchW1(folder, repetitions);
    output.say('');
    output.say(
      textTable(W1_COLUMNS, [
        { what: 'hot', ms: w1.hotMs, c: w1.cHotMs, js: w1.jsHotMs },
        { what: 'whole process', ms: w1.processMs, c: w1.cProcessMs, js: undefined },
      ]).join('\n'),
    );
    output.say(
      `hot: ${String(w1.turns)} turns of ${String(W1_TURN)} runs of C and as many of the engine, after ${String(W1_WARM_UP)} that compile it; the median of each side's best turn, the engine's in processor time`,
    );
    output.say(
      `W1 final equity ${String(w1.equity)} (limit ${String(w1.expectedEquity)}), fills ${String(w1.fills)}: ${w1.same ? 'same' : 'DIFFERENT'}`,
    );
    const rows: W2Row[] = sizes.map((m) => {
      measuring(`W2 with ${String(m)} contestants`);
      return benchW2(folder, m);
    });
    output.say('');
    output.say(textTable(W2_COLUMNS, rows).join('\n'));
    const candles = benchCandles(flags.candles ?? join(folder, 'market'));
    output.say('');
    output.say(
      `candles: ${String(candles.bars)} bars: parse ${fixed(candles.parseMs, 1)} ms, cache ${fixed(candles.cacheMs, 1)} ms, ratio ${fixed(candles.ratio, 1)}`,
    );
    const isWhole = flags.brief !== true;
    if (isWhole) measuring('what durable commits cost');
    const journals = isWhole
      ? benchJournals(folder, w2Market(folder), () => limitSeconds(folder, DURABLE_CONTESTANTS))
      : undefined;
    if (journals !== undefined) for (const line of journalLines(journals)) output.say(line);
    if (isWhole) measuring('a sweep of 10,000 parameter sets');
    const sweep = isWhole
      ? benchSweep(
          recordedTable(join(folder, 'market'), '1h', ['W1'], 'off'),
          sha256,
          processorMs,
          cPerBar(folder),
        )
      : undefined;
    if (sweep !== undefined)
      output.say(
        `sweep: ${String(sweep.runs)} sets x ${String(sweep.bars)} hours in ${fixed(sweep.seconds, 2)} s, ${fixed((1000 * sweep.seconds) / sweep.runs, 3)} ms of processor time a set`,
      );
    const queue = isWhole ? await queueOverhead(measuring) : undefined;
    if (isWhole)
      output.say(
        queue === undefined
          ? 'queue: n/a (no redis-server)'
          : `queue: chunks of a sweep are ${fixed(queue.defaultMs, 0)} ms of work here`,
      );
    const at = (m: number): W2Row | undefined => rows.find((row) => row.m === m);
    const overC = (row: W2Row | undefined): number | undefined =>
      row === undefined ? undefined : (ratio(row.engine.seconds, row.c?.run_s) ?? undefined);
    const [thousand, tenThousand] = [at(1000), at(10_000)];
    const floors: Floor[] = [
      { what: 'W1 hot', measured: ratio(w1.hotMs, w1.cHotMs) ?? undefined, floor: 5, target: 3, unit: 'x C' },
      {
        what: 'W1 whole process',
        measured: ratio(w1.processMs, w1.cProcessMs) ?? undefined,
        floor: 10,
        target: 6,
        unit: 'x C',
      },
      { what: 'W2, 1,000 contestants', measured: overC(thousand), floor: 10, target: 2.5, unit: 'x C' },
      { what: 'W2, 10,000 contestants', measured: overC(tenThousand), floor: 10, target: 2.5, unit: 'x C' },
      {
        what: 'W2 growth from 1,000 to 10,000',
        measured:
          thousand === undefined || tenThousand === undefined
            ? undefined
            : tenThousand.engine.seconds / thousand.engine.seconds,
        floor: 12,
        target: 10.5,
        unit: 'x',
      },
      {
        what: 'steps 601-720 over 121-240',
        measured: thousand?.engine.stepLateOverEarly,
        floor: 1.3,
        target: 1.1,
        unit: 'x',
      },
      {
        what: `W2, ${String(DURABLE_CONTESTANTS)}, kernel with durable commits`,
        measured:
          journals === undefined
            ? undefined
            : (ratio(journals.durable.seconds, journals.c100Seconds) ?? undefined),
        floor: 6,
        target: 2,
        unit: 'x C',
      },
      {
        what: 'state of a contestant, six symbols',
        measured: thousand?.engine.stateBytes,
        floor: 512,
        target: 256,
        unit: 'B',
      },
      {
        what: `live round of ${String(LIVE_CONTESTANTS)}, kernel with durable commits, p99`,
        measured: journals && percentile(journals.live.commitMs, 0.99),
        floor: 5,
        target: 1.5,
        unit: 'ms',
      },
      {
        what: `live round of ${String(LIVE_CONTESTANTS)} on ${String(LIVE_ARENA_SYMBOLS)} symbols, whole arena, p99`,
        measured: journals && percentile(journals.liveArena.commitMs, 0.99),
        floor: 100,
        target: 100,
        unit: 'ms',
      },
      {
        what: 'sweep of 10,000 sets',
        measured: sweep === undefined ? undefined : (ratio(sweep.seconds, sweep.limitSeconds) ?? undefined),
        floor: 10,
        target: 5,
        unit: 'x C',
      },
      {
        what: "queue overhead, jobs of the product's own size",
        measured: queue?.overheadPct,
        floor: 5,
        target: 1,
        unit: '%',
      },
    ];
    output.say('');
    output.say(floorsText(floors));
    output.answer({
      w1: {
        hotOverC: ratio(w1.hotMs, w1.cHotMs),
        hotOverJs: ratio(w1.hotMs, w1.jsHotMs),
        processOverC: ratio(w1.processMs, w1.cProcessMs),
        equity: w1.equity,
        fills: w1.fills,
        same: w1.same,
      },
      w2: rows.map((row) => ({
        m: row.m,
        overC: ratio(row.engine.seconds, row.c?.run_s),
        overJs: ratio(row.engine.seconds, row.js.run_s),
        orderHash: row.engine.orderHash,
        orderHashMatches: row.engine.orderHash === row.js.order_hash,
        fillsMatch: row.engine.fills === row.js.fills,
        stepLateOverEarly: row.engine.stepLateOverEarly,
        stateBytes: row.engine.stateBytes,
      })),
      candles,
      sweep: sweep ?? null,
      queue: queue ?? null,
      ...(journals === undefined ? {} : journalsJson(journals)),
      floors: floorsJson(floors),
    });
    const agree =
      w1.same &&
      rows.every((row) => row.engine.orderHash === row.js.order_hash) &&
      (journals === undefined ||
        (journals.durable.orderHash === jsOrderHash(folder, DURABLE_CONTESTANTS) &&
          journals.live.orderHash === jsOrderHash(folder, LIVE_CONTESTANTS)));
    return agree ? EXIT.fine : EXIT.degraded;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const W2_SYMBOLS = 6;
const W1_BARS = 50_000;
/** Runs of either side in a row: hot is what finds its caches as it left them, and the first runs of a turn do not. */
const W1_TURN = 15;
/** As many as the engine takes until nothing is compiled any more. */
const W1_WARM_UP = 500;
/** Of the limit, beside a thousand sets of a sweep. */
const W1_LIMIT_RUNS = 101;

/** The limits read files by their own names, the engine reads a market folder. */
function layOutMarket(folder: string): void {
  const market = join(folder, 'market');
  mkdirSync(market);
  copyFileSync(join(folder, 'w1.csv'), join(market, 'W1_1h.csv'));
  for (let s = 0; s < W2_SYMBOLS; s++)
    copyFileSync(join(folder, `w2_${String(s)}.csv`), join(market, `W2${String(s)}_1h.csv`));
}

interface W1Row {
  readonly what: string;
  readonly ms: number;
  readonly c: number | undefined;
  readonly js: number | undefined;
}

const W1_COLUMNS: readonly Column<W1Row>[] = [
  { title: 'W1', align: 'left', cell: (row) => row.what },
  { title: 'engine ms', align: 'right', cell: (row) => fixed(row.ms, 3) },
  { title: 'C ms', align: 'right', cell: (row) => fixed(row.c, 3) },
  { title: 'JS ms', align: 'right', cell: (row) => fixed(row.js, 3) },
  { title: 'over C', align: 'right', cell: (row) => fixed(ratio(row.ms, row.c) ?? undefined, 2) },
  { title: 'over JS', align: 'right', cell: (row) => fixed(ratio(row.ms, row.js) ?? undefined, 2) },
];

const W2_COLUMNS: readonly Column<W2Row>[] = [
  { title: 'W2 contestants', align: 'right', cell: (row) => String(row.m) },
  { title: 'engine ms', align: 'right', cell: (row) => fixed(row.engine.seconds * 1000, 1) },
  {
    title: 'C ms',
    align: 'right',
    cell: (row) => fixed(row.c === undefined ? undefined : row.c.run_s * 1000, 1),
  },
  { title: 'JS ms', align: 'right', cell: (row) => fixed(row.js.run_s * 1000, 1) },
  {
    title: 'over C',
    align: 'right',
    cell: (row) => fixed(ratio(row.engine.seconds, row.c?.run_s) ?? undefined, 2),
  },
  { title: 'late/early step', align: 'right', cell: (row) => fixed(row.engine.stepLateOverEarly, 2) },
  {
    title: 'order hash',
    align: 'left',
    cell: (row) => (row.engine.orderHash === row.js.order_hash ? 'same' : 'DIFFERENT'),
  },
];

function benchW1(
  folder: string,
  repetitions: number,
): {
  hotMs: number;
  cHotMs: number | undefined;
  jsHotMs: number;
  processMs: number;
  cProcessMs: number | undefined;
  equity: number;
  expectedEquity: number | undefined;
  fills: number;
  same: boolean;
  turns: number;
} {
  const csv = join(folder, 'w1.csv');
  const c = compiled(folder, 'w1');
  const js = limitOf(process.execPath, [join(BENCH, 'w1.mjs'), csv, 'fixed', '501', '1000']);
  const market = recordedTable(join(folder, 'market'), '1h', ['W1'], 'off');
  const memory = runMemory(market.length);
  const engine = runW1(market, W1_WARM_UP, () => performance.now(), memory);
  // In turns of equal length, because others may use the machine too: each side's best turn had it for itself.
  const turns = Array.from({ length: Math.ceil(repetitions / W1_TURN) }, () => ({
    c: c === undefined ? undefined : limitOf(c, [csv, 'fixed', String(W1_TURN)]).run_s,
    engine: median(runW1(market, W1_TURN, processorMs, memory).seconds),
  }));
  const cHot = c === undefined ? undefined : Math.min(...turns.map((turn) => turn.c ?? NaN));
  const cli = [
    fileURLToPath(compiledFile('cli/main.cjs')),
    'backtest',
    '--market',
    join(folder, 'market'),
    '--symbols',
    'W1',
    '--timeframe',
    '1h',
  ];
  const [processMs = NaN, cProcessMs] = shortestMs([
    [
      process.execPath,
      [
        ...cli,
        ...[
          '--kind',
          'sma-cross',
          '--params',
          '{"fast":10,"slow":30}',
          '--cash',
          '1000000',
          '--fee-bps',
          '5',
        ],
        ...['--half-spread-bps', '0', '--slippage-bps', '0', '--quantity', '1', '--json'],
      ],
    ],
    ...(c === undefined ? [] : [[c, [csv, 'fixed', '1']] as const]),
  ]);
  const same =
    js.equity !== undefined && Math.abs(engine.equity / js.equity - 1) < 1e-9 && engine.fills === js.fills;
  return {
    hotMs: Math.min(...turns.map((turn) => turn.engine)) * 1000,
    cHotMs: cHot === undefined ? undefined : cHot * 1000,
    jsHotMs: js.run_s * 1000,
    processMs,
    cProcessMs,
    equity: engine.equity,
    expectedEquity: js.equity,
    fills: engine.fills,
    same,
    turns: turns.length,
  };
}

/** A run of C fits between two turns of the scheduler, one of the engine does not: what others do must not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Measures W1's C limit anew at every call: seconds a bar. */
function cPerBar(folder: string): () => number | undefined {
  const c = compiled(folder, 'w1');
  return () =>
    c === undefined
      ? undefined
      : limitOf(c, [join(folder, 'w1.csv'), 'fixed', String(W1_LIMIT_RUNS)]).run_s / W1_BARS;
}

function benchW2(folder: string, m: number): W2Row {
  const c = compiled(folder, 'w2');
  const market = w2Market(folder);
  // The first run compiles the code; the best of the next ones is the engine's.
  const runs = Array.from({ length: 4 }, () => runW2(market, m, () => performance.now())).slice(1);
  const [engine] = runs.sort((a, b) => a.seconds - b.seconds);
  if (engine === undefined) throw new Error('no run of W2');
  return {
    m,
    engine,
    c: c === undefined ? undefined : limitOf(c, [folder, String(m), '5']),
    js: limitOf(process.execPath, [join(BENCH, 'w2.mjs'), folder, String(m), '5']),
  };
}

function w2Market(folder: string): MarketTable {
  return recordedTable(
    join(folder, 'market'),
    '1h',
    Array.from({ length: W2_SYMBOLS }, (_, s) => `W2${String(s)}`),
    'off',
  );
}

function jsOrderHash(folder: string, contestants: number): number | undefined {
  return limitOf(process.execPath, [join(BENCH, 'w2.mjs'), folder, String(contestants), '1']).order_hash;
}

function limitSeconds(folder: string, contestants: number): number | undefined {
  const c = compiled(folder, 'w2');
  return c === undefined ? undefined : limitOf(c, [folder, String(contestants), '5']).run_s;
}

/** The C limit, compiled once per run; undefined where there is no compiler. */
function compiled(folder: string, name: string): string | undefined {
  const binary = join(folder, `${name}c`);
  if (existsSync(binary)) return binary;
  const result = spawnSync('gcc', ['-O2', '-o', binary, join(BENCH, `${name}.c`), '-lm']);
  return result.status === 0 ? binary : undefined;
}

function limitOf(command: string, args: readonly string[]): Limit {
  return limitSchema.parse(JSON.parse(execFileSync(command, args, { encoding: 'utf8' })));
}

/** Runs of whole processes: enough that one of each was left alone by whatever else the machine does. */
const PROCESS_TURNS = 25;

/** Shortest wall time of each command, run in turns. Every one reads its CSV: the C program has no cache. */
function shortestMs(commands: readonly (readonly [string, readonly string[]])[]): number[] {
  const shortest = commands.map(() => Infinity);
  for (let turn = 0; turn < PROCESS_TURNS; turn++)
    commands.forEach(([command, args], i) => {
      const start = performance.now();
      execFileSync(command, args, { stdio: 'pipe', env: { ...process.env, CANDLE_CACHE: 'off' } });
      shortest[i] = Math.min(shortest[i] ?? Infinity, performance.now() - start);
    });
  return shortest;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

function ratio(value: number, base: number | undefined): number | null {
  return base === undefined ? null : value / base;
}
