/** An arena that follows an exchange on this machine, and dies and starts again as a plan says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCcxtVenue } from '../../src/adapters/venues/open-ccxt-venue.js';
import { type ArenaSettings, parseSettings, settingsText } from '../../src/app/arena-settings.js';
import { dumpJournal } from '../../src/app/dump-journal.js';
import { rosterMarket } from '../../src/app/handle-requests.js';
import { beginArena, registerNew, resumeArena } from '../../src/app/open-arena-state.js';
import { openArenaHistory } from '../../src/app/arena-history.js';
import { projectArena } from '../../src/app/project-arena.js';
import { runArena } from '../../src/app/run-arena.js';
import { arenaChecks } from '../../src/cli/commands/verify-command.js';
import { type LoadedConfig, loadConfig } from '../../src/cli/config/load-config.js';
import { newLiveSettings, openArenaFeed } from '../../src/cli/open-live-market.js';
import { liveLabel } from '../../src/cli/live-label.js';
import { folderProjections, inboxOf, journalOf, marketLogOf, sha256 } from '../../src/cli/wire.js';
import { NO_PRUNING } from '../../src/core/arena/pruning.js';
import { parseRoster } from '../../src/core/arena/parse-roster.js';
import type { Instrument } from '../../src/core/domain/instrument.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { createKinds } from '../../src/core/strategies/catalog.js';
import type { Correction, LoggedFunding, MarketLog, MissedBar } from '../../src/ports/market-log.js';
import type { Venue, VenueUsage } from '../../src/ports/venue.js';
import { FROM_MS, WARMUP_BARS, openOf } from './soak-market.js';
import type { SoakExchanges } from './soak-exchanges.js';
import type { Kill, KillPoint, SoakInstrument } from './soak-plan.js';
import { soakRoster } from './soak-roster.js';
import { type VirtualClock, virtualClock } from './virtual-clock.js';

export interface LiveRun {
  readonly exchanges: Pick<SoakExchanges, 'first' | 'second'>;
  readonly instrument: SoakInstrument;
  /** Empty; journal, log and files are written here. */
  readonly folder: string;
  readonly symbols: readonly string[];
  readonly slots: number;
  readonly contestants: number;
  readonly kills: readonly Kill[];
  /** Real milliseconds that a request may take; enough for a busy machine where some are never answered. */
  readonly timeoutMs: number;
  /** After every commit; slots that are settled. */
  seen?(slots: number): void;
}

export interface LivePlayed {
  readonly settings: ArenaSettings;
  readonly instruments: readonly Instrument[];
  readonly dump: readonly string[];
  /** The text of the board's file. */
  readonly board: string;
  readonly missed: readonly MissedBar[];
  readonly corrections: readonly Correction[];
  readonly lateFunding: readonly LoggedFunding[];
  /** What rounds were played on. */
  readonly used: MarketTable;
  readonly corrected: MarketTable;
  readonly rounds: number;
  readonly fills: number;
  /** Times at which somebody paid or was paid funding. */
  readonly fundingPaid: number;
  /** What `verify --replay` finds wrong. */
  readonly failedChecks: readonly string[];
  readonly killed: Readonly<Partial<Record<KillPoint, number>>>;
  /** From the last candles' arrival to the commit, by commit. */
  readonly commits: readonly CommitTime[];
  readonly faults: VenueUsage['faults'];
}

const KINDS = createKinds();

/** `cpuMs` is the work of this process in that time: on a busy machine it waits for most of the rest. */
export interface CommitTime {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Stands for `kill -9`: nothing is put in order. */
class Killed extends Error {
  override readonly name = 'Killed';
}

interface Progress {
  readonly kills: Kill[];
  readonly killed: Partial<Record<KillPoint, number>>;
  readonly commits: CommitTime[];
  readonly faults: Record<string, number>;
}

export async function playLive(run: LiveRun): Promise<LivePlayed> {
  const config = configOf(run);
  const progress: Progress = { kills: [...run.kills], killed: {}, commits: [], faults: {} };
  for (let done = false; !done;) done = await live(run, config, progress);
  return result(run, config, progress);
}

/** Where the settings differ from the usual ones. */
function settingsOf({ exchanges, instrument }: LiveRun): Readonly<Record<string, string>> {
  if (instrument === 'spot') return {};
  return {
    'market.instrument': 'perpetual',
    'market.secondExchange': SECOND,
    'market.secondExchangeUrl': exchanges.second?.url ?? '',
  };
}

function configOf(run: LiveRun): LoadedConfig {
  const { exchanges, folder, symbols } = run;
  // Readings are kept beside the bars whenever they come: they are no part of what is compared.
  writeFileSync(join(folder, 'arena.config.json'), JSON.stringify({ live: { readings: false } }));
  return loadConfig({
    cwd: folder,
    env: {},
    flags: {
      'state.folder': folder,
      'contestants.folder': join(folder, 'contestants'),
      'market.source': 'live',
      'market.exchange': 'binance',
      'market.exchangeUrl': exchanges.first.url,
      'market.symbols': symbols.join(','),
      'market.warmupBars': String(WARMUP_BARS),
      ...settingsOf(run),
    },
  });
}

/** One process's life: true when it came to the end of the run. */
async function live(run: LiveRun, config: LoadedConfig, progress: Progress): Promise<boolean> {
  const { exchanges, folder, slots } = run;
  const exchange = exchanges.first;
  const killAt = (point: KillPoint): void => {
    const [next] = progress.kills;
    if (next === undefined || next.at !== point) return;
    if (exchange.clock.now() < openOf(next.slot) + HOUR_MS / 2) return;
    progress.kills.shift();
    progress.killed[point] = (progress.killed[point] ?? 0) + 1;
    throw new Killed(point);
  };
  const clock = virtualClock(exchange.clock, () => {
    killAt('waiting');
  });
  const store = journalOf(folder);
  const log = watched(marketLogOf(folder), killAt);
  const arrived = { ms: NaN, cpuMs: NaN };
  const venue = dyingVenue(await openVenue(run, FIRST, clock), arrived, killAt);
  const second = exchanges.second === undefined ? undefined : await openVenue(run, SECOND, clock);
  const side = { venue, second, log, clock, close: () => Promise.resolve() };
  const ignore = (): void => undefined;
  try {
    const saved = store.meta('settings');
    const resumes = saved !== undefined && store.lastCommit() !== undefined;
    const settings = resumes
      ? parseSettings(saved, folder)
      : await newLiveSettings(side, config, folder, ignore);
    const feed = await openArenaFeed(side, settings.market, config.values, () => false, ignore);
    if (feed === undefined) throw new Error('a feed that nobody stops has stopped');
    const arena = resumes
      ? resumeArena(store, feed.market.table, settings, KINDS, sha256)
      : beginArena(feed.market.table, settings, sha256);
    if (!resumes) store.setMeta('settings', settingsText(settings));
    const roster = parseRoster(
      soakRoster(run.contestants, run.instrument),
      'soak',
      rosterMarket(arena),
      KINDS,
    );
    const opening = registerNew(arena, roster, store);
    const projections = folderProjections(folder);
    const historyOf = openArenaHistory(store);
    const label = { generated: false, text: liveLabel(settings.market) };
    const { replay } = config.values;
    await runArena(
      arena,
      {
        store,
        inbox: inboxOf(folder),
        kinds: KINDS,
        pruning: NO_PRUNING,
        nowMs: () => performance.now(),
        sleep: () => Promise.resolve(),
        stopRequested: () => false,
        project: (a) => {
          projectArena(a, store, historyOf, projections, label, () => undefined);
        },
        async more() {
          if (feed.market.table.length >= WARMUP_BARS + slots) return false;
          await feed.next();
          arena.views.grow();
          return true;
        },
        progress: () => {
          killAt('played');
        },
        requestHandled: ignore,
        committed: () => {
          const now = processTime();
          progress.commits.push({ ms: now.ms - arrived.ms, cpuMs: now.cpuMs - arrived.cpuMs });
          run.seen?.(feed.market.table.length - WARMUP_BARS);
          killAt('committed');
        },
      },
      { groupRounds: replay.groupRounds, groupMs: replay.groupMs, projectionMs: 0 },
      opening,
    );
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  } finally {
    clock.die();
    for (const [kind, count] of Object.entries(venue.usage().faults))
      progress.faults[kind] = (progress.faults[kind] ?? 0) + count;
    await venue.close();
    await second?.close();
    log.close();
    store.close();
  }
}

const FIRST = 'binance';
/** By another name of the same kind of exchange: it is another one. */
const SECOND = 'binanceusdm';

function openVenue(
  { exchanges, instrument, timeoutMs }: LiveRun,
  name: string,
  clock: VirtualClock,
): Promise<Venue> {
  return openCcxtVenue({
    exchange: name,
    instrument,
    baseUrl: (name === FIRST ? exchanges.first : exchanges.second)?.url ?? '',
    timeoutMs,
    nowMs: () => clock.nowMs(),
    sleep: (ms) => clock.sleep(ms),
    random: () => 0.5,
  });
}

function dyingVenue(
  venue: Venue,
  arrived: { ms: number; cpuMs: number },
  killAt: (point: KillPoint) => void,
): Venue {
  return {
    ...venue,
    async candles(...question) {
      killAt('asking');
      const candles = await venue.candles(...question);
      Object.assign(arrived, processTime());
      return candles;
    },
  };
}

function processTime(): CommitTime {
  const { user, system } = process.cpuUsage();
  return { ms: performance.now(), cpuMs: (user + system) / 1000 };
}

/** A log after whose entries its process may die. */
function watched(log: MarketLog, killAt: (point: KillPoint) => void): MarketLog {
  return {
    ...log,
    append(...entry) {
      log.append(...entry);
      killAt('logged');
    },
  };
}

async function result(run: LiveRun, config: LoadedConfig, progress: Progress): Promise<LivePlayed> {
  const { folder } = run;
  const checks = await arenaChecks(config.values, true);
  const store = journalOf(folder, true);
  const log = marketLogOf(folder, { readOnly: true });
  try {
    const dump = [...dumpJournal(store)];
    return {
      settings: parseSettings(store.meta('settings') ?? '', folder),
      instruments: log.head()?.instruments ?? [],
      dump,
      board: folderProjections(folder).read('leaderboard.json') ?? '',
      missed: log.missed(),
      corrections: log.corrections(),
      lateFunding: log.lateFunding(),
      used: log.load().table,
      corrected: log.corrected(),
      rounds: store.lastCommit()?.seq ?? 0,
      fills: dump.filter((line) => line.startsWith('{"fill"') && !line.includes('"effect":"funding"')).length,
      fundingPaid: dump.filter((line) => line.startsWith('{"fill"') && line.includes('"effect":"funding"'))
        .length,
      failedChecks: checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
      killed: progress.killed,
      commits: progress.commits,
      faults: progress.faults,
    };
  } finally {
    log.close();
    store.close();
  }
}

/** When an arena is started: within the first bar that it decides. */
export const START_MS = FROM_MS + HOUR_MS / 3;
