/** Times: what the computer's own clock and zone may not decide. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { boardOfArena } from '../../src/app/board-of-arena.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { leaderboardText } from '../../src/reporting/leaderboard-text.js';
import { temporaryFolder } from '../support/cli.js';
import { arenaOn, playTo } from '../support/made-arena.js';
import { START_MS } from '../support/made-market.js';

const folder = temporaryFolder();
afterAll(folder.remove);

describe('on a computer in any time zone', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it.each(['America/New_York', 'Asia/Kolkata'])('B-3, A-63: times without a zone are UTC: %s', (name) => {
    process.env['TZ'] = name;
    expect(new Date(2025, 0, 6).getTime(), 'the zone is in force').not.toBe(START_MS);
    const path = join(folder.path, name.replace('/', '-'));
    mkdirSync(join(path, 'A'), { recursive: true });
    const rows = Array.from({ length: 20 }, (_, hour) => {
      const time = new Date(START_MS + hour * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
      return `${time},100,101,99,100,10`;
    });
    writeFileSync(join(path, 'A/1h.csv'), `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
    const { table } = loadRecordedMarket({ folder: path, timeframe: '1h' });
    expect(table.openTimesMs[0]).toBe(START_MS);
    const arena = arenaOn(table, { kind: 'sma-cross' });
    playTo(arena, 20);
    expect(leaderboardText(boardOfArena(arena), { generated: false, text: 'test' })).toContain(
      'Period    2025-01-06 00:00 UTC to 2025-01-06 20:00 UTC',
    );
  });
});
