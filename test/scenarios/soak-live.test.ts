import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playTable } from '../../scripts/soak-live/play-table.js';
import {
  CALM_TIMEOUT_MS,
  type SoakLife,
  type SoakResult,
  playOn,
  runSoak,
} from '../../scripts/soak-live/run-soak.js';
import { measureCalmDay } from '../../scripts/soak-live/soak-numbers.js';
import { KILL_POINTS, drawSoakPlan } from '../../scripts/soak-live/soak-plan.js';
import { soakRoster } from '../../scripts/soak-live/soak-roster.js';
import { soakFailures, soakText } from '../../scripts/soak-live/soak-text.js';
import { WARMUP_BARS, copyOf, soakMarket } from '../../scripts/soak-live/soak-market.js';
import { recordedTable } from '../../src/cli/wire-candles.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { makeFolder } from '../support/market-folder.js';

const SETTINGS = { days: 1, seed: 7, symbols: 3, contestants: 12, instrument: 'perpetual' } as const;
const SLOTS = 24;
const MINUTES = 180_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soak-live-test-'));
  folders.push(folder);
  return folder;
}

/** A folder as people have them, with the bars of a table. */
function folderOf({ symbols, openTimesMs, length, candles }: MarketTable): string {
  const files: Record<string, string> = {
    // What the exchange says of its symbols.
    'market.json': JSON.stringify({
      instrument: 'spot',
      lotSize: 0.00001,
      minNotionalUsd: 5,
      tickSize: 1e-8,
    }),
  };
  symbols.forEach((symbol, s) => {
    const rows = Array.from({ length }, (_, t) =>
      [
        openTimesMs[t],
        ...(['open', 'high', 'low', 'close', 'volume'] as const).map((field) => candles[s]?.[field][t]),
      ].join(','),
    );
    files[`${symbol.replace('/', '-')}/1h.csv`] =
      `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`;
  });
  const folder = makeFolder(files, 'soak-live-bars-');
  folders.push(folder);
  return folder;
}

describe('a live arena on an exchange that fails in every way', () => {
  let result: SoakResult;
  beforeAll(async () => {
    result = await runSoak(SETTINGS);
  }, MINUTES);

  it('ends a day of delays and kills as a calm one, to the byte', () => {
    const { calm, delayed } = result;
    expect([...calm.differences, ...delayed.differences]).toEqual([]);
    expect(delayed.played.dump).toEqual(calm.played.dump);
    expect(calm.played.rounds).toBe(SLOTS);
    expect(calm.played.fills, 'they trade').toBeGreaterThan(10);
    expect(Object.keys(delayed.played.killed).length, 'it was killed').toBeGreaterThan(0);
    expect(Object.keys(delayed.faults).length, 'it was disturbed').toBeGreaterThan(5);
    expect(delayed.requests).toBeGreaterThan(calm.requests);
  });

  it('lists exactly what it missed where bars came late, wrong or never, and plays on with the rest', () => {
    const { damaged } = result;
    expect(damaged.differences).toEqual([]);
    expect(damaged.played.missed.length).toBeGreaterThan(5);
    expect(damaged.played.corrections.length).toBeGreaterThan(3);
    expect(damaged.played.dump).not.toEqual(result.calm.played.dump);
  });

  it('pays funding, hears the other venue where it answers, and ends a symbol that is delisted', () => {
    const { calm, delayed, damaged } = result;
    const reasons = (life: SoakLife): Set<string> => new Set(life.played.missed.map(({ reason }) => reason));
    expect(calm.played.fundingPaid).toBeGreaterThan(10);
    expect([...reasons(calm)], 'nothing else is missed without faults').toEqual(['delisted']);
    expect(calm.played.dump.some((line) => line.includes('"reason":"delisted"'))).toBe(true);
    expect(delayed.faults['second venue fails']).toBeGreaterThan(0);
    expect(reasons(damaged)).toContain('no-funding');
    expect(reasons(damaged)).toContain('quarantined');
  });

  it('leaves no connection behind', () => {
    expect(result.openHandles.filter((name) => name.startsWith('TCP'))).toEqual([]);
  });

  it('would say so if one bar were missed without a fault', () => {
    const difference = 'not made by a fault: 2025-01-11T07:00Z ALDER/USDT no-bar';
    const worse = { ...result, damaged: { ...result.damaged, differences: [difference] } };
    expect(soakFailures({ ...result, openHandles: [] })).toEqual([]);
    expect(soakFailures({ ...worse, openHandles: [] })).toEqual([difference]);
    expect(soakText(SETTINGS, worse, []).join('\n')).toContain(`damaged: ${difference}`);
  });
});

describe('a soak of many days', () => {
  it('has every fault and every way to die within four days', () => {
    const { events, delays, quick, kills, silences, delistedFrom } = drawSoakPlan({ ...SETTINGS, days: 4 });
    const spot = drawSoakPlan({ ...SETTINGS, days: 4, instrument: 'spot' });
    expect(new Set(spot.events.map(({ kind }) => kind)).size).toBe(11);
    expect(spot.silences).toEqual([]);
    expect(new Set(events.map(({ kind }) => kind)).size).toBe(11 + 4);
    expect(silences.length).toBeGreaterThan(4);
    expect(delistedFrom).toBeLessThan(4 * 24);
    expect(new Set(delays.map(({ kind }) => kind)).size).toBe(8);
    expect(new Set(quick.map(({ fault }) => fault.kind)).size).toBe(9);
    expect(new Set(kills.map(({ at }) => at))).toEqual(new Set(KILL_POINTS));
  });
});

describe('a calm day on a live exchange', () => {
  it('has the fills and the equity of an arena on the same bars from a folder, to the byte', async () => {
    const market = soakMarket(3, SLOTS, 3);
    const { played } = await playOn(market, () => ({ counts: () => ({}) }), {
      folder: newFolder(),
      symbols: market.symbols,
      slots: SLOTS,
      contestants: 12,
      instrument: 'spot',
      kills: [],
      timeoutMs: CALM_TIMEOUT_MS,
    });
    const table = recordedTable(folderOf(copyOf(market, WARMUP_BARS + SLOTS)), '1h');
    const dump = await playTable(table, played.settings, soakRoster(12, 'spot'), newFolder());
    const books = (lines: readonly string[]): string[] =>
      lines.filter((line) => /^\{"(fill|marks)"/.test(line)).map((line) => line.replaceAll('-USDT', '/USDT'));
    expect(played.fills).toBeGreaterThan(10);
    expect(books(played.dump)).toEqual(books(dump));
  });

  it(
    'costs the exchange as many requests for 1,000 contestants as for 10',
    async () => {
      const few = await measureCalmDay(SETTINGS.seed, 2, 10);
      const many = await measureCalmDay(SETTINGS.seed, 2, 1_000);
      expect(many.rounds).toBe(few.rounds);
      expect(many.requests).toBe(few.requests);
      expect(few.requests / few.rounds, 'one for each symbol, and a look at the clock').toBeLessThan(3.5);
    },
    MINUTES,
  );
});
