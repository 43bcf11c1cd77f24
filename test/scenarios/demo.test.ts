import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const folder = join(root, 'demo');

interface Told {
  steps: { step: string; text: string }[];
}

describe('the demo', () => {
  it('tells the whole story with the real commands, and leaves real files', { timeout: 180_000 }, () => {
    const result = runCli(['demo', '--dir', folder, '--json']);
    expect(result.stderr).toContain('GENERATED');
    expect(result.code).toBe(0);
    const { steps } = JSON.parse(result.stdout) as Told;
    expect(steps.map(({ step }) => step)).toEqual(
      'training arena deploy trade candidate approve hand-over crash resume rollback verify'.split(' '),
    );
    const text = new Map(steps.map((one) => [one.step, one.text]));
    expect(text.get('candidate')).toMatch(/[2-9]\.\d\d points over the champion after 2\d\d h/);
    expect(text.get('hand-over')).toMatch(/generation 2 is .* with [1-9]\d* open positions kept/);
    expect(text.get('rollback')).toContain('generation 3 is donchian 12/200 stop 20%');
    const log = JSON.parse(readFileSync(join(folder, 'deployments', 'deployment_log.json'), 'utf8')) as {
      event: string;
      why?: string;
    }[];
    const events = log.map(({ event }) => event);
    for (const event of ['deployed', 'fed', 'healthy', 'active', 'promoted', 'stopped', 'rolled-back'])
      expect(events).toContain(event);
    expect(log.find(({ event }) => event === 'promoted')?.why).toContain('overridden: the demo');
    // Its own field: contestants of somebody's own, models among them, have no part in the story.
    expect(readdirSync(join(folder, 'contestants'))).toEqual(['default-roster.json']);
    for (const file of ['arena_state/leaderboard.txt', 'paper_trades/trades.csv', 'paper_trades/equity.csv'])
      expect(existsSync(join(folder, file))).toBe(true);
  });

  it('writes into no folder that is there', () => {
    const result = runCli(['demo', '--dir', root]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('exists already');
  });
});

describe('the three processes', () => {
  it(
    'A-51: killed ten times in a short story, one and all, leave what undisturbed ones leave',
    { timeout: 300_000 },
    () => {
      const result = runCli(['torture', 'pipeline', '--kills', '10', '--hours', '14', '--json']);
      expect(result.stderr).toContain('the same as undisturbed');
      expect(result.code).toBe(0);
      const { kills, ...counts } = JSON.parse(result.stdout) as Record<string, unknown>;
      expect(kills).toBeGreaterThanOrEqual(10);
      expect(counts).toMatchObject({
        lost: 0,
        doubled: 0,
        twoChampions: 0,
        repeatedPromotions: 0,
        same: true,
      });
    },
  );
});
