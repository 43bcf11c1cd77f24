import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';
import { chromiumOrSkip } from '../support/find-chromium.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const ROSTER = [
  { title: 'first', kind: 'sma-cross', params: { fast: 4, slow: 12, side: 'both', stop: 0.05 } },
  { title: '<script>alert(1)</script>', kind: 'rsi-bands', params: { period: 5, low: 40, high: 60 } },
  { title: 'third', kind: 'ema-cross', params: { fast: 3, slow: 9 }, symbols: ['ALDER-GEN'] },
];
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const paper = join(root, 'paper');
const deployments = join(root, 'deployments');

function arena(...args: string[]): CliResult {
  return runCli(['arena', '--state', state, '--contestants', contestants, '--quiet', ...args]);
}

function report(out: string, ...args: string[]): CliResult {
  // Without a browser in reach, so that only the tests that need one wait for it.
  return runCli(['report', '--state', state, '--out', join(root, out), ...args], {
    env: { CHROMIUM_PATH: join(root, 'no-browser'), ARENA_PAPER: paper },
  });
}

function text(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}

function json(...path: string[]): Record<string, unknown> {
  return JSON.parse(text(...path)) as Record<string, unknown>;
}

function deploy(title: string, generation: number): void {
  const store = journalOf(state, true);
  const row = store.contestants().find((candidate) => candidate.name === title);
  store.close();
  if (row === undefined) throw new Error(`no contestant ${title}`);
  const { manifest } = JSON.parse(row.body) as { manifest: unknown };
  writeFileSync(
    join(deployments, 'deployment_state.json'),
    JSON.stringify({
      schema_version: 2,
      generation,
      champion: { id: row.id, name: title, manifest, source: 'by-hand' },
    }),
  );
}

function playPaper(): void {
  const place = [
    '--state',
    state,
    '--contestants',
    contestants,
    '--paper',
    paper,
    '--deployments',
    deployments,
  ];
  expect(runCli(['paper', '--once', ...place]).code).toBe(0);
}

/** Sizes and times of everything in a folder, to see that a reader left it alone. */
function shapeOf(folder: string): string {
  return readdirSync(folder)
    .filter((name) => !name.endsWith('-shm'))
    .map((name) => `${name} ${String(statSync(join(folder, name)).size)}`)
    .join('\n');
}

beforeAll(() => {
  mkdirSync(contestants);
  mkdirSync(deployments);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify(ROSTER));
  expect(arena('--days', '1', '--instrument', 'perpetual').code).toBe(0);
  playPaper();
  deploy('first', 1);
  expect(arena('--days', '9').code).toBe(0);
  playPaper();
  deploy('third', 2);
  expect(arena('--days', '3').code).toBe(0);
  playPaper();
});

describe('the report at the command line', () => {
  it('tells of the field, as a page, JSON and CSV, and leaves the arena as it was', () => {
    const before = shapeOf(state);
    const result = report('field');
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain(join('field', 'report.html'));
    const rows = json('field', 'report.json')['rows'] as {
      name: string;
      rank: number | null;
      returnPct: number;
    }[];
    const board = JSON.parse(readFileSync(join(state, 'leaderboard.json'), 'utf8')) as { rows: typeof rows };
    expect(rows.map(({ name, rank }) => [name, rank])).toEqual(
      board.rows.map(({ name, rank }) => [name, rank]),
    );
    rows.forEach(({ returnPct }, i) => {
      expect(returnPct).toBeCloseTo(board.rows[i]?.returnPct ?? NaN, 9);
    });
    expect(text('field', 'field.csv').trimEnd().split('\n')).toHaveLength(rows.length + 1);
    expect(text('field', 'report.html')).not.toContain('<script');
    expect(shapeOf(state)).toBe(before);
  });

  it("tells of a contestant what the board, the journal and the account's own books tell", () => {
    const result = report('first', '--contestant', 'first');
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout, 'why there is no PNG').toContain('no equity.png: no Chromium is installed');
    const page = json('first', 'report.json');
    const standing = page['standing'] as {
      metrics: { trades: number; totalReturnPct: number; feesUsd: number };
    };
    const metrics = page['metrics'] as { metric: string; value: number | null }[];
    const value = (name: string): number => metrics.find(({ metric }) => metric === name)?.value ?? NaN;
    expect(value('closed trades')).toBe(standing.metrics.trades);
    expect(value('total return')).toBeCloseTo(standing.metrics.totalReturnPct, 9);
    expect(value('fees')).toBeCloseTo(standing.metrics.feesUsd, 9);
    const symbols = page['symbols'] as { netUsd: number }[];
    expect(symbols.reduce((sum, { netUsd }) => sum + netUsd, 0)).toBeCloseTo(value('net result'), 6);
    expect(text('first', 'equity.csv').trimEnd().split('\n')).toHaveLength(13 * 24 + 1);
    expect(text('first', 'equity.svg')).toContain('<svg');
    const evidence = page['evidence'] as { trials: { registered: number }; eValues: number[] };
    expect(evidence.trials.registered).toBe(3);
    expect(evidence.eValues).toHaveLength(13 * 24);
    const lines = page['readiness'] as { what: string; found: string }[];
    expect(lines.find(({ what }) => what.includes('paper'))?.found, 'nine of thirteen days').toBe('9 days');
  });

  it('tells of the paper account, and that FIFO and its own books agree to the cent', () => {
    const result = report('account', '--paper', paper, '--json');
    expect(result.code, result.stderr).toBe(0);
    const answer = JSON.parse(result.stdout) as {
      ok: boolean;
      books: { agrees: boolean; accountUsd: number; fifoUsd: number; differenceUsd: number };
    };
    const account = JSON.parse(readFileSync(join(paper, 'positions_state.json'), 'utf8')) as {
      realized_pnl: number;
    };
    expect(answer.ok).toBe(true);
    expect(answer.books.accountUsd).toBe(account.realized_pnl);
    expect(Math.abs(answer.books.accountUsd), 'it traded').toBeGreaterThan(1);
    expect(Math.abs(answer.books.differenceUsd)).toBeLessThan(1e-6);
    const champions = json('account', 'report.json')['champions'] as { name: string; generation: number }[];
    expect(champions.map(({ name, generation }) => [name, generation])).toEqual([
      ['first', 1],
      ['third', 2],
    ]);
    expect(text('account', 'report.html')).toContain('The two agree to the cent');
  });

  it('says so, with exit code 1, when the books of the paper account disagree', () => {
    const file = join(paper, 'positions_state.json');
    const saved = readFileSync(file, 'utf8');
    const account = JSON.parse(saved) as { realized_pnl: number };
    writeFileSync(file, JSON.stringify({ ...account, realized_pnl: account.realized_pnl + 0.02 }));
    try {
      const result = report('wrong', '--paper', paper);
      expect(result.code).toBe(1);
      expect(result.stdout).toContain('disagree');
      expect(text('wrong', 'report.html')).toContain('THE BOOKS DISAGREE');
    } finally {
      writeFileSync(file, saved);
    }
  });

  it('tells of a file of trades alone, and compares its own results with those of its fills', () => {
    const result = report('trades', '--trades', join(paper, 'trades.csv'));
    expect(result.code, result.stderr).toBe(0);
    const page = json('trades', 'report.json');
    expect(page['fills']).toBe(text('paper', 'trades.csv').trimEnd().split('\n').length - 1);
    const books = json('account', 'report.json')['books'] as { fifoUsd: number };
    const costs = json('account', 'report.json')['costs'] as { fundingUsd: number };
    // The file has no funding in it; everything else is the same.
    expect((page['fifoRealisedUsd'] as number) - costs.fundingUsd).toBeCloseTo(books.fifoUsd, 6);
  });

  it('tells of one cohort, and refuses one that has not been', () => {
    expect(report('cohort', '--cohort', '1').code).toBe(0);
    const cohort = json('cohort', 'report.json');
    expect(cohort['title']).toBe('Cohort 1');
    expect(cohort['trials']).toMatchObject({ registered: ROSTER.length });
    const ranked = (cohort['rows'] as { rank: number | null }[]).filter(({ rank }) => rank !== null);
    expect(ranked, 'its members and nobody else').toHaveLength(ROSTER.length);
    const refused = report('none', '--cohort', '7');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('there is no cohort 7');
    expect(report('none', '--cohort', 'last').code).toBe(2);
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  it('never writes into the folder of an arena or of a paper account, whose files have the same names', () => {
    const before = text('paper', 'trades.csv');
    for (const folder of ['paper', 'arena']) {
      const result = report(folder, '--contestant', 'first');
      expect(result.code).toBe(2);
      expect(result.stderr).toContain('holds a journal');
    }
    expect(text('paper', 'trades.csv')).toBe(before);
  });

  it('refuses what it cannot tell of, with the exit codes of the other commands', () => {
    writeFileSync(
      join(root, 'bad.csv'),
      'timestamp,symbol,side,qty,price,fee\n2026-01-05T00:00:00Z,A,buy,x,1,0\n',
    );
    const bad = report('none', '--trades', join(root, 'bad.csv'));
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('line 2, column qty');
    expect(report('none', '--trades', join(root, 'nothing.csv')).code).toBe(2);
    expect(report('none', '--contestant', 'nobody').code).toBe(2);
    expect(report('none', '--contestant', 'first', '--cohort').code).toBe(2);
    expect(runCli(['report', '--state', join(root, 'empty'), '--out', join(root, 'none')]).code).toBe(5);
    expect(report('none', '--paper', join(root, 'empty')).code).toBe(5);
    expect(existsSync(join(root, 'none'))).toBe(false);
  });
});

const browserPath = chromiumOrSkip();

describe('a report in a browser', () => {
  it.skipIf(browserPath === undefined)(
    'opens from disk without a network, without complaints, and fits the window, light and dark',
    async () => {
      for (const out of ['field', 'first', 'account', 'trades'])
        expect(existsSync(join(root, out))).toBe(true);
      const browser = await chromium.launch({
        executablePath: browserPath ?? '',
        // Its sandbox refuses root, which is who runs tests in a container.
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      });
      try {
        for (const colorScheme of ['light', 'dark'] as const)
          for (const out of ['field', 'first', 'account', 'trades']) {
            const page = await browser.newPage({ colorScheme, viewport: { width: 1100, height: 900 } });
            const complaints: string[] = [];
            page.on('console', (message) => complaints.push(message.text()));
            page.on('pageerror', (error) => complaints.push(error.message));
            await page.route('**/*', (route) => {
              if (route.request().url().startsWith('file:')) return route.continue();
              complaints.push(`asks for ${route.request().url()}`);
              return route.abort();
            });
            await page.goto(pathToFileURL(join(root, out, 'report.html')).href);
            expect(await page.locator('svg.chart').count()).toBeGreaterThan(1);
            expect(await page.evaluate('document.documentElement.scrollWidth'), out).toBeLessThanOrEqual(
              1100,
            );
            const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
            expect(background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(21, 25, 30)');
            expect(complaints, out).toEqual([]);
            await page.close();
          }
      } finally {
        await browser.close();
      }
    },
  );

  it.skipIf(browserPath === undefined)('draws the equity as PNG where it is installed', () => {
    const result = runCli(['report', '--state', state, '--contestant', 'first', '--out', join(root, 'png')], {
      env: { CHROMIUM_PATH: browserPath ?? '' },
    });
    expect(result.code, result.stderr).toBe(0);
    const png = readFileSync(join(root, 'png', 'equity.png'));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    // Twice the size of the picture, so that it is sharp.
    expect(png.readUInt32BE(16)).toBe(2 * 860);
  });
});
