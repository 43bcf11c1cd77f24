/**
 * The story that the three processes live through under kill -9: a trial is deployed, a candidate approved (and
 * approved again, and rejected too late), killed flat, resumed, rolled back twice; contestants come and go. Every
 * request names the bar at which it becomes due, so that a run is a function of the story alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOUR_MS, type TimeMs } from '../../core/domain/time.js';
import { fileRequestIn } from '../wire.js';

/** The arena alone, until its cohort is old enough for candidates. */
export const PRELUDE_END = '2026-01-13';
const LOCK_START_MS: TimeMs = Date.parse('2026-01-14T00:00Z');

const CONFIG = {
  market: { instrument: 'perpetual' },
  paper: { pollMs: 10 },
  risk: { maxSymbolExposureFraction: 5, maxGrossExposureFraction: 5 },
};
const BOTH = { side: 'both' };
const ROSTER = [
  { kind: 'sma-cross', params: { ...BOTH, slow: 48 }, grid: { fast: [6, 12, 24] } },
  { kind: 'donchian-breakout', params: { ...BOTH, entry: 24, exit: 12, stop: 0.04 } },
  { kind: 'macd-trend', params: BOTH, timeframe: '4h' },
  { kind: 'bollinger-reversion', params: { ...BOTH, exposure: 2 } },
  { kind: 'buy-and-hold' },
  { kind: 'placebo', params: { holdHours: 24, exposure: 1 }, seeds: [1, 2] },
];
const trial = (number: number, value: number, contestant: object): object => ({
  study: 'torture',
  number,
  value,
  contestant,
});
const TRIALS = [
  trial(1, 3, { kind: 'rsi-bands', params: { ...BOTH, period: 7, stop: 0.05 } }),
  trial(2, 2, { kind: 'ema-cross', params: { ...BOTH, fast: 5, slow: 30 }, symbols: 'majors' }),
  trial(3, 1, { kind: 'flat' }),
];
const LATER = [{ kind: 'ema-cross', params: { ...BOTH, fast: 8, slow: 40 } }];

export interface Story {
  /** `--to` of the part in lock step: open time of its last bar. */
  readonly end: string;
  /** Where `approve` gets its hash: lock step up to here without requests. */
  readonly rehearsalEnd: string;
}

export function storyOf(hours: number): Story {
  const at = (hour: number): string =>
    new Date(LOCK_START_MS + hour * HOUR_MS).toISOString().slice(0, 16) + 'Z';
  return { end: at(hours - 1), rehearsalEnd: at(2) };
}

export function layOut(root: string, folder: string): void {
  writeFileSync(join(root, 'arena.config.json'), JSON.stringify(CONFIG));
  mkdirSync(join(root, 'contestants'), { recursive: true });
  writeFileSync(join(root, 'contestants', 'a.json'), JSON.stringify(ROSTER));
  mkdirSync(join(folder, 'deployments', 'trials'), { recursive: true });
  writeFileSync(join(folder, 'deployments', 'trials', 'a.json'), JSON.stringify(TRIALS));
}

/** Files everything that people ask for, each for its bar; what lies beyond the end never happens. */
export function fileRequests(folder: string, hash: string): void {
  const file = (owner: string, hour: number, id: string, body: object): void => {
    const request = { id, who: 'torture', whenMs: 0, dueBarMs: LOCK_START_MS + hour * HOUR_MS, ...body };
    fileRequestIn(join(folder, owner), id, request);
  };
  const approve = { kind: 'approve', hash, planCostUsd: 1e6, override: 'the story' };
  file('deployments', 3, 'approve-1', approve);
  file('deployments', 3, 'reject-late', { kind: 'reject', hash, reason: 'too late' });
  file('deployments', 5, 'approve-again', approve);
  file('arena_state', 5, 'add-1', { kind: 'add', file: 'later.json', roster: LATER });
  file('arena_state', 6, 'retire-1', { kind: 'retire', contestant: 'bollinger', reason: 'the story' });
  file('paper_trades', 7, 'kill-1', { kind: 'kill', reason: 'the story', flatten: true });
  file('paper_trades', 9, 'resume-1', { kind: 'resume', reason: 'the story' });
  file('deployments', 11, 'rollback-1', { kind: 'rollback', reason: 'the story' });
  file('deployments', 11, 'rubbish-1', { kind: 'promote' });
  file('deployments', 15, 'rollback-2', { kind: 'rollback', reason: 'nobody before' });
  file('paper_trades', 18, 'kill-2', { kind: 'kill', reason: 'the story', flatten: false });
  file('paper_trades', 20, 'resume-2', { kind: 'resume', reason: 'the story' });
}
