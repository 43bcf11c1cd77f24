import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dumpJournal } from '../../app/dump-journal.js';
import { uniformAt } from '../../core/domain/rng.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { positive } from '../parse-number.js';
import { startProgress } from '../progress.js';
import { journalOf, sha256 } from '../wire.js';
import { PROGRAM_FOLDER, compiledFile } from '../compiled.js';

const MAIN = fileURLToPath(compiledFile('cli/main.cjs'));
const DEFAULT_ROSTER = join(PROGRAM_FOLDER, 'contestants', 'default-roster.json');

/** Named places to die at, with the largest count that still comes in a run. */
const FAULTS = [
  ['before-commit', 40],
  ['after-commit', 40],
  ['mid-group', 900],
  ['before-rename', 6],
  ['after-rename', 6],
] as const;

/** Small groups, so that a run has many commits to be hit in. */
const CONFIG = {
  market: { instrument: 'perpetual' },
  replay: { groupRounds: 20, groupMs: 1000, projectionMs: 100 },
  pruning: { everyHours: 24 },
  risk: { maxSymbolExposureFraction: 20, maxGrossExposureFraction: 20 },
};
const BREAKERS = {
  dayLossFraction: 0.02,
  weekLossFraction: 0.05,
  drawdownFraction: 0.08,
  lossStreakSizing: true,
  cooldownBars: 3,
};
/** Beside the usual contestants: leverage, shorts, funding, breakers, longer bars, formulas, spreads, an overlay. */
const HARD_ROSTER = [
  {
    kind: 'sma-cross',
    params: { fast: 4, side: 'both', exposure: 5, stop: 0.02 },
    grid: { slow: [12, 24, 48] },
    breakers: BREAKERS,
  },
  { kind: 'donchian-breakout', params: { side: 'both', exposure: 20 }, symbols: 'each' },
  { kind: 'macd-trend', params: { side: 'both' }, timeframe: '4h', breakers: BREAKERS },
  {
    kind: 'formula',
    params: {
      entry: 'crosses_above(close, ema(12)) and volume_ratio(20) > 0.8',
      exit: 'close < ema(24) or pnl > 0.03 or bars_held >= 48',
      shortEntry: 'rsi(7) > 75',
      shortExit: 'rsi(7) < 50 or pnl < -0.05',
      stop: '2 * atr(14) / close',
      risk: '0.01',
      leverage: 5,
    },
    breakers: BREAKERS,
  },
  { kind: 'pairs-spread', params: { period: 48 }, symbols: 'majors' },
  { kind: 'volatility-target', params: { of: { kind: 'bollinger-reversion', params: { side: 'both' } } } },
];

interface Counts {
  kills: number;
  lost: number;
  doubled: number;
  runs: number;
  same: boolean;
}

/** Kills runs with SIGKILL at named points and random moments; afterwards everything must be as undisturbed. */
export async function tortureCommand(flags: {
  kills: string;
  seed: string;
  json?: boolean;
}): Promise<number> {
  const output = createOutput(flags.json === true);
  const kills = positive(flags.kills, '--kills');
  const seed = positive(flags.seed, '--seed');
  const folder = mkdtempSync(join(tmpdir(), 'arena-torture-'));
  const progress = startProgress(kills, output.json);
  try {
    writeFileSync(join(folder, 'arena.config.json'), JSON.stringify(CONFIG));
    mkdirSync(join(folder, 'contestants'));
    copyFileSync(DEFAULT_ROSTER, join(folder, 'contestants', 'a.json'));
    writeFileSync(join(folder, 'contestants', 'b.json'), JSON.stringify(HARD_ROSTER));
    const reference = join(folder, 'undisturbed');
    const startedAt = performance.now();
    runToEnd(folder, reference);
    // Random kills strike anywhere in the life of a run.
    const runMs = performance.now() - startedAt;
    const expected = fingerprint(reference);
    // A plan that came too late must not come again.
    const plans = { next: 0 };
    const counts: Counts = { kills: 0, lost: 0, doubled: 0, runs: 0, same: true };
    while (counts.kills < kills) {
      const victim = join(folder, `victim-${String(counts.runs)}`);
      await killUntilDone(folder, victim, { kills, seed, runMs, plans }, counts, () => {
        progress.update(counts.kills, { date: `run ${String(counts.runs + 1)}`, doing: 'n/a' });
      });
      runToEnd(folder, victim);
      counts.runs++;
      if (fingerprint(victim) !== expected) counts.same = false;
      rmSync(victim, { recursive: true, force: true });
    }
    progress.stop();
    output.say(
      `${String(counts.kills)} kills in ${String(counts.runs)} runs: ${String(counts.lost)} rounds lost, ` +
        `${String(counts.doubled)} doubled, journal and board ${counts.same ? 'the same as undisturbed' : 'DIFFERENT'}`,
    );
    output.answer(counts);
    return counts.lost === 0 && counts.doubled === 0 && counts.same ? EXIT.fine : EXIT.damaged;
  } finally {
    progress.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function args(state: string): string[] {
  return [
    MAIN,
    'arena',
    '--state',
    state,
    '--contestants',
    'contestants',
    '--to',
    '2026-02-28',
    '--quiet',
    '--json',
  ];
}

/** An undisturbed run to the end; throws when it does not end well. */
function runToEnd(cwd: string, state: string): void {
  const result = spawnSync(process.execPath, args(state), { cwd, encoding: 'utf8', env: cleanEnv() });
  if (result.status !== 0)
    throw new Error(`a run after kills ended with ${String(result.status)}: ${result.stderr}`);
}

function cleanEnv(fault?: string): NodeJS.ProcessEnv {
  const { ARENA_FAULT: _fault, ...env } = process.env;
  return fault === undefined ? env : { ...env, ARENA_FAULT: fault };
}

/** Starts the victim again and again, each time to be killed, until it ends by itself or all kills are done. */
async function killUntilDone(
  cwd: string,
  state: string,
  { kills, seed, runMs, plans }: { kills: number; seed: number; runMs: number; plans: { next: number } },
  counts: Counts,
  told: () => void,
): Promise<void> {
  let committed = 0;
  while (counts.kills < kills) {
    const turn = plans.next++;
    const random = (draw: number): number => uniformAt(seed, turn * 60_000, draw);
    const fault = FAULTS[Math.floor(random(0) * FAULTS.length)];
    const named = random(1) < 0.5 && fault !== undefined;
    const plan = named ? `${fault[0]}:${String(1 + Math.floor(random(2) * fault[1]))}` : undefined;
    const killed = await runAndKill(cwd, state, plan, random(3) * runMs);
    if (!killed) return;
    counts.kills++;
    told();
    const now = committedRounds(state);
    if (now.last < committed || now.count !== now.last) counts.lost++;
    if (now.distinctBars !== now.count) counts.doubled++;
    committed = now.last;
  }
}

/** True when the process died by SIGKILL, false when it ended by itself first. */
function runAndKill(
  cwd: string,
  state: string,
  fault: string | undefined,
  afterMs: number,
): Promise<boolean> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args(state), { cwd, stdio: 'ignore', env: cleanEnv(fault) });
    const timer = fault === undefined ? setTimeout(() => child.kill('SIGKILL'), afterMs) : undefined;
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') done(true);
      else if (code === 0) done(false);
      else fail(new Error(`the victim ended with exit code ${String(code)}`));
    });
  });
}

function committedRounds(state: string): { last: number; count: number; distinctBars: number } {
  let store;
  try {
    store = journalOf(state, true);
  } catch {
    // Killed before its first commit: there is nothing yet, which is fine.
    return { last: 0, count: 0, distinctBars: 0 };
  }
  try {
    let count = 0;
    const bars = new Set<number>();
    for (const round of store.rounds(1)) {
      count++;
      bars.add(round.barMs);
    }
    return { last: store.lastCommit()?.seq ?? 0, count, distinctBars: bars.size };
  } finally {
    store.close();
  }
}

/** Digest of the canonical journal and of the board as text. */
function fingerprint(state: string): string {
  const store = journalOf(state, true);
  try {
    return sha256([...dumpJournal(store), readFileSync(join(state, 'leaderboard.txt'), 'utf8')].join('\n'));
  } finally {
    store.close();
  }
}
