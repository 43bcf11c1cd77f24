import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { type ArenaSettings, parseSettings, settingsText } from '../../app/arena-settings.js';
import { boardOfArena } from '../../app/board-of-arena.js';
import { openArenaHistory } from '../../app/arena-history.js';
import { dailyMarks } from '../../app/daily-marks.js';
import { notesOfArenaRounds } from '../../app/notes-of-arena-rounds.js';
import { rosterMarket } from '../../app/handle-requests.js';
import { beginArena, registerNew, resumeArena } from '../../app/open-arena-state.js';
import { projectArena } from '../../app/project-arena.js';
import { nextBarMs, runArena } from '../../app/run-arena.js';
import { type Arena, noteAbsent } from '../../core/arena/arena.js';
import { contestantId } from '../../core/arena/contestant.js';
import { Problem } from '../../core/domain/problem.js';
import type { AskedQuestion } from '../../core/session/model-decision.js';
import type { Kinds } from '../../core/strategies/catalog.js';
import { NO_PRUNING } from '../../core/arena/pruning.js';
import { DAY_MS, type TimeMs, type Timeframe, formatForPeople, timeframeMs } from '../../core/domain/time.js';
import { type MarketLabel, leaderboardText } from '../../reporting/leaderboard-text.js';
import { fixed } from '../../reporting/text-table.js';
import type { ArenaStore } from '../../ports/arena-store.js';
import type { MarketSource } from '../../ports/market-source.js';
import { HELPED_BLOCK_MS, blockLength } from '../../app/block-length.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { openArenaJobs } from '../arena-jobs.js';
import { writeHeartbeat } from '../heartbeat.js';
import type { ArenaConfig } from '../config/schema.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { othersAreDone } from '../lock-step.js';
import { readModelFiles } from '../model-files.js';
import { modelOfThisMachine } from '../models-of-this-machine.js';
import { askModels, openModelSide, splitByLack } from '../model-side.js';
import type { ModelsByWorkers } from '../models-by-workers.js';
import { moveAside, moveBack } from '../move-aside.js';
import { type Output, createOutput } from '../output.js';
import { parseEnd } from '../parse-date.js';
import { positive } from '../parse-number.js';
import { planForChampion } from '../plan-for-champion.js';
import { startProgress } from '../progress.js';
import { readRosterFiles } from '../read-roster-files.js';
import { listenForStop } from '../stop-signal.js';
import { NOTES_AT_END_MS, tellPeople } from '../tell-people.js';
import { whileWaiting } from '../while-waiting.js';
import { inboxOf, journalOf, folderProjections, takeFolder, marketSource, sha256 } from '../wire.js';
import type { LoadedConfig } from '../config/load-config.js';
import type { LiveMarket } from '../follow-market.js';
import { checkSameMarket, newSettings, refuseInLive } from './market-settings.js';
import { newestRound } from '../../app/round-at.js';

/** `arena`: begins or continues, plays until the data, the days or the person says stop. */
export async function runArenaCommand(flags: ArenaFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const config = configFor(flags);
  const folder = resolve(config.values.state.folder);
  const lock = takeFolder(folder);
  let aside: string | undefined;
  let begun = false;
  try {
    if (flags.fresh === true) {
      aside = moveAside(folder, Date.now());
      if (aside !== undefined) output.say(`the old state was moved to ${aside}`);
    }
    const store = journalOf(folder);
    try {
      return await open(store, folder, flags, config, output);
    } finally {
      begun = hasRounds(store);
      store.close();
    }
  } catch (error) {
    // A slip in another option must not cost the arena that was there.
    if (aside !== undefined && !begun) {
      moveBack(folder, aside);
      output.note('nothing was begun: the old state is back in its place');
    }
    throw error;
  } finally {
    lock.release();
  }
}

/** Also true of one that is closed: it was closed after a round. */
function hasRounds(store: ArenaStore): boolean {
  try {
    return store.lastCommit() !== undefined;
  } catch {
    return true;
  }
}

async function open(
  store: ArenaStore,
  folder: string,
  flags: ArenaFlags,
  config: LoadedConfig,
  output: Output,
): Promise<number> {
  const { values } = config;
  const saved = store.meta('settings');
  const old =
    saved !== undefined && store.lastCommit() !== undefined ? parseSettings(saved, folder) : undefined;
  if (old !== undefined) checkSameMarket(old, flags, values, folder);
  const isLive = (old?.market.source ?? values.market.source) === 'live';
  if (!isLive) return play(store, folder, flags, values, output, old ?? newSettings(values, flags));
  refuseInLive(flags);
  // Loaded here: most arenas play what has been.
  const { followMarket } = await import('../follow-market.js');
  const { withLog } = await import('../with-log.js');
  const { withProbes } = await import('../with-probes.js');
  return withLog('arena', values, flags, (logged) =>
    withProbes({ name: 'arena', values, port: flags.metricsPort, folder }, logged, (probes) =>
      followMarket(folder, config, logged, probes, old, (settings, live) =>
        play(store, folder, flags, values, logged, settings, live),
      ),
    ),
  );
}

async function play(
  store: ArenaStore,
  folder: string,
  flags: ArenaFlags,
  values: ArenaConfig,
  output: Output,
  settings: ArenaSettings,
  live?: LiveMarket,
): Promise<number> {
  const resumes = store.meta('settings') !== undefined && store.lastCommit() !== undefined;
  const kinds = await loadKinds(values.contestants.folder);
  const source = live?.source ?? marketSource(settings.market);
  const label: MarketLabel = { generated: source.generated, text: source.label };
  const arena = openArenaOn(store, source, settings, kinds, flags, values, resumes);
  const folderOfFiles = resolve(values.contestants.folder);
  const models = readModelFiles(folderOfFiles, rosterMarket(arena), kinds, modelOfThisMachine(process.env));
  const note = (text: string): void => {
    output.note(text);
  };
  const byWorkers = flags.workers === undefined ? undefined : await askByWorkers(note);
  const side = openModelSide(
    values.llm,
    models,
    byWorkers === undefined ? undefined : (access, providers) => byWorkers.around(access, providers),
  );
  const { able: roster, absent } = splitByLack(
    [
      ...readRosterFiles(folderOfFiles, rosterMarket(arena), kinds),
      ...models.flatMap(({ entries }) => entries),
    ],
    side,
    values.llm,
    (entry) => contestantId(entry.manifest, sha256),
    arena,
  );
  if (!resumes) store.setMeta('settings', settingsText(settings));
  const joined = registerNew(arena, roster, store);
  const left = noteAbsent(arena, absent);
  const opening = left === undefined ? joined : [...joined, left];
  if (resumes && joined.length > 0)
    output.say(`${String(joined.length)} new contestants join at the next bar`);
  greet(arena, label, resumes, output);
  for (const { name, why } of absent) output.say(pc.yellow(`not running: ${name} (${why})`));

  const projections = folderProjections(folder);
  const planFor = (manifest: Parameters<typeof planForChampion>[0]): ReturnType<typeof planForChampion> =>
    planForChampion(manifest, kinds, resolve(values.paper.folder), settings.costs);
  const showsLife = (a: Arena, status: 'running' | 'stopped', waitingFor?: string): void => {
    writeHeartbeat(projections, a, status, { waitingFor, venueNowMs: live?.venueNowMs() });
  };
  const historyOf = openArenaHistory(store);
  const project = (a: Arena): void => {
    const board = projectArena(a, store, historyOf, projections, label, planFor);
    live?.shown(a, board);
    showsLife(a, 'running');
  };
  const total = Math.min(arena.market.length - arena.nextIndex, flags.once === true ? 1 : Infinity);
  if (total === 0 && live === undefined) {
    project(arena);
    showsLife(arena, 'stopped');
    nothingToDo(arena, source, output);
    return EXIT.fine;
  }
  const stop = live?.stop ?? listenForStop(note);
  const people = tellPeople(folder, store, (rounds) => notesOfArenaRounds(rounds, label.text), note);
  const jobs = await openArenaJobs(arena, flags, values.replay.leastShardMs, note, stop.signal);
  const asking = askModels(side, values.llm, store, stop.signal);
  const beat = (waitingFor?: string): void => {
    showsLife(arena, 'running', waitingFor);
  };
  /** On a live market, for the newest bar; bars that are caught up with are decided as in a replay. */
  const leftMs = (asked: readonly AskedQuestion[]): number | undefined => {
    const newestMs = arena.market.openTimesMs[arena.market.length - 1] ?? NaN;
    const isNewest = asked[0]?.atMs === newestMs + timeframeMs(arena.market.timeframe);
    return isNewest ? live?.leftMs() : undefined;
  };
  const progress = startProgress(total, flags.quiet === true || live !== undefined);
  let shownAt = 0;
  let beatAt = 0;
  const startSeq = arena.seq;
  const startedAt = performance.now();
  try {
    const result = await runArena(
      arena,
      {
        store,
        inbox: inboxOf(folder),
        kinds,
        pruning: settings.pruning ?? NO_PRUNING,
        nowMs: () => performance.now(),
        async sleep(ms) {
          await sleep(ms);
          // While it waits for the next bar it has nothing else to show that it lives.
          if (ms === 0 || performance.now() - beatAt < 1000) return;
          beatAt = performance.now();
          showsLife(arena, 'running');
        },
        stopRequested: () => stop.requested(),
        project,
        ...(flags.lockStep === true
          ? {
              othersAreDone: (a: Arena) =>
                othersAreDone(
                  resolve(values.deployments.folder),
                  resolve(values.paper.folder),
                  a.lastBarMs,
                  () => stop.requested(),
                ),
            }
          : {}),
        ...(jobs === undefined
          ? {}
          : {
              play: (slots: readonly number[]) =>
                whileWaiting(jobs.play(slots), () => {
                  const waitingFor = jobs.waitingFor();
                  showsLife(arena, 'running', waitingFor);
                  if (waitingFor === undefined) return;
                  progress.update(arena.seq - startSeq, {
                    date: newestBar(arena),
                    doing: waitingFor,
                  });
                }),
            }),
        answer: (asked, spent) =>
          whileWaiting(asking.answer(asked, spent, leftMs(asked)), (waitedMs) => {
            showsLife(arena, 'running');
            progress.update(arena.seq - startSeq, {
              date: newestBar(arena),
              doing: `${String(asked.length)} answers of language models awaited for ${String(Math.round(waitedMs / 1000))} s`,
            });
          }),
        ...(live === undefined ? {} : { more: (a: Arena) => live.more(a, beat) }),
        progress(a) {
          const now = performance.now();
          if (now - shownAt < 120) return;
          shownAt = now;
          progress.update(a.seq - startSeq, { date: newestBar(a), doing: leaderOf(a) });
        },
        requestHandled(handled) {
          output.say(`request ${handled.id}: ${handled.accepted ? 'accepted' : 'refused'} (${handled.text})`);
        },
        committed(rounds) {
          live?.committed();
          people.committed(rounds);
        },
      },
      {
        ...(flags.once === true
          ? { rounds: 1 }
          : live !== undefined && flags.days !== undefined
            ? { rounds: roundsOf(flags.days, arena.market.timeframe) }
            : {}),
        ...(flags.speed === undefined ? {} : { barsPerSecond: positive(flags.speed, '--speed') }),
        groupRounds: flags.lockStep === true ? 1 : values.replay.groupRounds,
        groupMs: values.replay.groupMs,
        projectionMs: flags.lockStep === true || live !== undefined ? 0 : values.replay.projectionMs,
        ...(jobs === undefined ? {} : { block: blockLength(HELPED_BLOCK_MS) }),
      },
      opening,
    );
    progress.update(arena.seq - startSeq, {
      date: newestBar(arena),
      doing: leaderOf(arena),
    });
    progress.stop();
    await people.close(NOTES_AT_END_MS);
    const seconds = (performance.now() - startedAt) / 1000;
    if (jobs !== undefined && flags.quiet !== true) output.say(jobs.summary());
    const tell = (a: Arena, from: ArenaStore): void => {
      showsLife(a, 'stopped');
      const { rounds, stopped } = result;
      report(a, from, label, folder, flags, output, { rounds, seconds, stopped });
    };
    if (!result.midRound) {
      tell(arena, store);
      return EXIT.fine;
    }
    output.say('stopped while language models were thinking; the round will be played again');
    // The half round is dropped with its store, as in a crash: files and answer are about what was committed.
    store.close();
    const kept = journalOf(folder);
    try {
      const committed = resumeArena(kept, arena.market, settings, kinds, sha256);
      projectArena(committed, kept, openArenaHistory(kept), projections, label, planFor);
      tell(committed, kept);
    } finally {
      kept.close();
    }
    return EXIT.fine;
  } finally {
    progress.stop();
    asking.close();
    await byWorkers?.close();
    await jobs?.close();
    stop.dispose();
  }
}

/** Loaded here: most arenas ask for themselves. */
async function askByWorkers(say: (text: string) => void): Promise<ModelsByWorkers> {
  const { modelsByWorkers } = await import('../models-by-workers.js');
  return modelsByWorkers(process.env, say);
}

/** The arena on a table that reaches as far as this run may go. */
function openArenaOn(
  store: ArenaStore,
  source: MarketSource,
  settings: ArenaSettings,
  kinds: Kinds,
  flags: ArenaFlags,
  values: ArenaConfig,
  resumes: boolean,
): Arena {
  const barMs = timeframeMs(settings.market.timeframe);
  const commit = store.lastCommit();
  const startMs = resumes && commit !== undefined ? nextStartMs(store, barMs) : settings.market.fromMs;
  const days =
    flags.days !== undefined
      ? positive(flags.days, '--days')
      : source.endless
        ? resumes
          ? values.market.continueDays
          : values.market.days
        : undefined;
  const savedEnd = store.meta('endMs');
  if (source.growing === true) {
    const market = source.load();
    return resumes
      ? resumeArena(store, market, settings, kinds, sha256)
      : beginArena(market, settings, sha256);
  }
  const endMs: TimeMs | undefined =
    flags.to !== undefined
      ? parseEnd(flags.to, '--to', barMs)
      : days !== undefined
        ? startMs + days * DAY_MS
        : resumes && savedEnd !== undefined
          ? Number(savedEnd)
          : undefined;
  if (endMs !== undefined && endMs <= settings.market.fromMs)
    throw new Problem('usage', `--to ends before the first bar ${formatForPeople(settings.market.fromMs)}`, {
      hint: 'choose a later date',
    });
  if (endMs !== undefined && !source.endless) store.setMeta('endMs', String(endMs));
  // A table that ends before what was played already could not be checked against the journal.
  const market = source.load(endMs === undefined ? undefined : Math.max(endMs, startMs));
  return resumes ? resumeArena(store, market, settings, kinds, sha256) : beginArena(market, settings, sha256);
}

/** Rounds of so many days. */
function roundsOf(days: string, timeframe: Timeframe): number {
  return Math.max(1, Math.round((positive(days, '--days') * DAY_MS) / timeframeMs(timeframe)));
}

function nextStartMs(store: ArenaStore, barMs: number): TimeMs {
  const last = newestRound(store);
  return last === undefined ? 0 : last.barMs + barMs;
}

function greet(arena: Arena, label: MarketLabel, resumes: boolean, output: Output): void {
  const active = arena.seats.filter((seat) => seat.contestant.retired === undefined);
  const of = (role: string): number => active.filter((seat) => seat.contestant.role === role).length;
  output.say(
    `${resumes ? 'continuing' : 'starting'} on ${label.generated ? pc.yellow(label.text) : label.text}: ` +
      `${String(arena.market.symbols.length)} symbols, ${arena.market.timeframe} bars, ` +
      `${String(of('contestant'))} contestants, ${String(of('benchmark'))} benchmarks, ${String(of('placebo'))} placebos`,
  );
}

/** Empty before the first round: on a live market that may be hours. */
function newestBar({ seq, lastBarMs }: Arena): string {
  return seq === 0 ? '' : formatForPeople(lastBarMs);
}

function leaderOf(arena: Arena): string {
  let best: { name: string; gain: number } | undefined;
  for (const { contestant, figures } of arena.seats) {
    if (contestant.role === 'benchmark' || contestant.role === 'placebo' || contestant.retired !== undefined)
      continue;
    if (figures.totals.fills === 0) continue;
    const card = figures.cards[1] ?? figures.cards[0];
    const gain = figures.equityUsd / (card?.startEquityUsd ?? figures.equityUsd) - 1;
    if (best === undefined || gain > best.gain) best = { name: contestant.name, gain };
  }
  return best === undefined
    ? 'leader n/a'
    : `leader ${best.name} ${best.gain >= 0 ? '+' : ''}${fixed(best.gain * 100, 1)} %`;
}

function nothingToDo(arena: Arena, source: MarketSource, output: Output): void {
  const at = formatForPeople(arena.lastBarMs + timeframeMs(arena.market.timeframe));
  output.say(`nothing new to do: all bars up to ${at} have been played (${source.label})`);
  output.say(
    source.endless
      ? 'give --days N to play on'
      : 'give a later --to, add newer candles to the folder, or start over with --fresh',
  );
  output.answer({ rounds: 0, seq: arena.seq, nextBar: new Date(nextBarMs(arena)).toISOString() });
}

/** How many rows of each block a run shows; the file has them all. */
const SHOWN_ROWS = 12;

function report(
  arena: Arena,
  store: ArenaStore,
  label: MarketLabel,
  folder: string,
  flags: ArenaFlags,
  output: Output,
  result: { rounds: number; seconds: number; stopped: boolean },
): void {
  // Before the first commit there is no board.
  const board =
    arena.seq === 0 ? undefined : boardOfArena(arena, dailyMarks(store, arena.seq, arena.market.timeframe));
  output.answer({
    rounds: result.rounds,
    seq: arena.seq,
    stopped: result.stopped,
    seconds: result.seconds,
    nextBar: new Date(nextBarMs(arena)).toISOString(),
    lastHash: arena.lastHash,
    generated: label.generated,
    leader: board?.standings.find((s) => s.rank === 1)?.name ?? null,
  });
  if (board === undefined) output.say('ended before the first round; the same command goes on from here');
  if (flags.quiet === true || board === undefined) return;
  output.say('');
  output.say(leaderboardText(board, label, SHOWN_ROWS));
  output.say(
    `${String(result.rounds)} rounds in ${fixed(result.seconds, 1)} s${result.stopped ? ', stopped on request; everything is saved' : ''}`,
  );
  output.say(
    `In ${folder}: leaderboard.txt (all rows), leaderboard.json, arena_state.json, journal.sqlite (the truth).`,
  );
  if (label.generated)
    output.say(pc.yellow('These prices are GENERATED. Nothing here says anything about a real market.'));
  output.say('What next:');
  output.say('  the same command                               play on from here');
  output.say('  npm run arena -- leaderboard                   the whole board');
  output.say('  npm run arena -- --fresh --market DIR          your own candles (<SYMBOL>/1h.csv)');
}
