/**
 * Three lives of one arena on the exchange of this machine: a calm one, one through everything that only delays answers, and one
 * through bars that come late, wrong or never as well. The second must end as the first, the third as an arena that was given
 * exactly the bars that its faults leave over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { placeAnswerFaults } from './answer-faults.js';
import { differencesOfDumps, differencesOfLog } from './compare.js';
import { type Expected, dataFaults } from './data-faults.js';
import { type LivePlayed, type LiveRun, START_MS, playLive } from './play-live.js';
import { playTable } from './play-table.js';
import { type SoakExchanges, openSoakExchanges } from './soak-exchanges.js';
import { soakMarket, withJumps } from './soak-market.js';
import { type SoakPlan, type SoakSettings, drawSoakPlan } from './soak-plan.js';
import { soakRoster } from './soak-roster.js';

export interface SoakLife {
  readonly played: LivePlayed;
  /** To the exchange on which it trades. */
  readonly requests: number;
  /** What failed, by kind: what was done to this life. */
  readonly faults: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

export interface SoakResult {
  readonly calm: SoakLife;
  readonly delayed: SoakLife;
  readonly damaged: SoakLife;
  /** Bars by kind of data fault. */
  readonly events: Readonly<Record<string, number>>;
  /** Resources of the process that were not there before. */
  readonly openHandles: readonly string[];
}

export interface SoakTold {
  life(name: string): void;
  slots(settled: number): void;
  /** The last life is over; what is still open now is left behind. */
  ended(): void;
}

/** Long: where every request is answered, a time-out is the machine's fault, and one more request. */
export const CALM_TIMEOUT_MS = 30_000;
/** Short: it is waited for wherever nobody answers. */
const FAULTY_TIMEOUT_MS = 1_000;
const NOBODY: SoakTold = { life: () => undefined, slots: () => undefined, ended: () => undefined };

export async function runSoak(settings: SoakSettings, told: SoakTold = NOBODY): Promise<SoakResult> {
  const plan = drawSoakPlan(settings);
  const table = soakMarket(settings.seed, plan.slots, settings.symbols, settings.instrument);
  const jumping = withJumps(table, plan);
  const before = handles();
  const parent = mkdtempSync(join(tmpdir(), 'soak-live-'));
  const live = (name: string, on: MarketTable, kills: SoakPlan['kills'], place: Place): Promise<SoakLife> => {
    told.life(name);
    const { contestants } = settings;
    return playOn(on, place, {
      folder: mkdtempSync(join(parent, 'life-')),
      symbols: on.symbols,
      slots: plan.slots,
      contestants,
      instrument: settings.instrument,
      kills,
      timeoutMs: name === 'calm' ? CALM_TIMEOUT_MS : FAULTY_TIMEOUT_MS,
      seen: (slots) => {
        told.slots(slots);
      },
    });
  };
  try {
    const roster = soakRoster(settings.contestants, settings.instrument);
    /** What happens at the exchange without any fault: a symbol that is delisted goes in every life. */
    const world = dataFaults(table, { ...plan, events: [] });
    const calm = await live('calm', table, [], (exchanges) => {
      world.place(exchanges);
      return { counts: () => ({}) };
    });
    const delayed = await live('delayed', table, plan.kills, (exchanges) => {
      world.place(exchanges);
      return placeAnswerFaults(exchanges, plan, table.symbols);
    });
    const faults = dataFaults(jumping, plan);
    const damaged = await live('damaged', jumping, plan.kills, (exchanges) => {
      faults.place(exchanges);
      return placeAnswerFaults(exchanges, plan, table.symbols);
    });
    told.ended();
    const expected = faults.expectedOf(damaged.played.used);
    const whole = world.expectedOf(table);
    const onTable = (
      { used }: Expected,
      { instruments, settings: of }: LivePlayed,
    ): Promise<readonly string[]> =>
      playTable({ ...used, instruments }, of, roster, mkdtempSync(join(parent, 'table-')));
    const wanted = await onTable(expected, damaged.played);
    const calmWanted = await onTable(whole, calm.played);
    const counts: Record<string, number> = {};
    for (const { kind } of plan.events) counts[kind] = (counts[kind] ?? 0) + 1;
    return {
      calm: differing(calm, [
        ...differencesOfLog(calm.played, whole),
        ...differencesOfDumps(calm.played.dump, calmWanted),
      ]),
      delayed: differing(delayed, [
        ...differencesOfLog(delayed.played, whole),
        ...differencesOfDumps(delayed.played.dump, calm.played.dump),
        ...(delayed.played.board === calm.played.board ? [] : ['the boards differ']),
      ]),
      damaged: differing(damaged, [
        ...differencesOfLog(damaged.played, expected),
        ...differencesOfDumps(damaged.played.dump, wanted),
      ]),
      events: counts,
      openHandles: await leftOpen(before),
    };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

type Place = (exchanges: SoakExchanges) => { counts(): Readonly<Record<string, number>> };

function differing(life: SoakLife, differences: readonly string[]): SoakLife {
  return { ...life, differences: [...life.played.failedChecks, ...differences] };
}

/** One life on an exchange of its own, which is closed again. */
export async function playOn(
  table: MarketTable,
  place: Place,
  run: Omit<LiveRun, 'exchanges'>,
): Promise<SoakLife> {
  const exchanges = await openSoakExchanges(table, run.instrument, START_MS);
  try {
    const faults = place(exchanges);
    const played = await playLive({ ...run, exchanges });
    return {
      played,
      requests: exchanges.first.totals().requests,
      faults: faults.counts(),
      differences: [],
    };
  } finally {
    await exchanges.close();
  }
}

function handles(): readonly string[] {
  return process.getActiveResourcesInfo();
}

/** Closed sockets go within some turns of the loop; what is still there after seconds is left behind. */
const CLOSING_TRIES = 40;
const CLOSING_MS = 50;

async function leftOpen(before: readonly string[]): Promise<string[]> {
  let left = leftOver(before, handles());
  for (let n = 0; n < CLOSING_TRIES && left.length > 0; n++) {
    await sleep(CLOSING_MS);
    left = leftOver(before, handles());
  }
  return left;
}

function leftOver(before: readonly string[], after: readonly string[]): string[] {
  const known = [...before];
  return after.filter((one) => {
    const at = known.indexOf(one);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}
