import { join, resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { followArena } from '../../app/follow-arena.js';
import { nextPaperBarMs, onLongerMarket, openPaperState } from '../../app/open-paper.js';
import { notesOfPaperRounds } from '../../app/notes-of-paper-rounds.js';
import { rosterMarket } from '../../app/handle-requests.js';
import { paperMetrics } from '../../app/metrics/paper-metrics.js';
import type { ModelFile } from '../../app/parse-model-file.js';
import { type Reign, linesOf } from '../../app/paper-lines.js';
import { retakeFromVenue } from '../../app/opened-inputs.js';
import { type PaperSettings, paperSettingsText, parsePaperSettings } from '../../app/paper-settings.js';
import { runPaper } from '../../app/run-paper.js';
import { deploymentStateSchema } from '../../core/deployment/champion.js';
import type { DeploymentState } from '../../core/deployment/champion.js';
import type { Paper } from '../../core/deployment/paper.js';
import type { RosterMarket } from '../../core/arena/parse-roster.js';
import { Problem } from '../../core/domain/problem.js';
import type { Kinds } from '../../core/strategies/catalog.js';
import { DAY_MS, type TimeMs, formatForPeople, timeframeMs } from '../../core/domain/time.js';
import { EQUITY_HEADER, TRADES_HEADER, positionsStateJson } from '../../reporting/paper-files.js';
import { fixed } from '../../reporting/text-table.js';
import type { ArenaStore } from '../../ports/arena-store.js';
import { configFor } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { readModelFiles } from '../model-files.js';
import { modelOfThisMachine } from '../models-of-this-machine.js';
import { askModels, openModelSide } from '../model-side.js';
import type { Output } from '../output.js';
import { type LogFlags, type LoggedOutput, withLog } from '../with-log.js';
import { type ProbeBoard, withProbes } from '../with-probes.js';
import { type ProcessHeartbeat, withHeartbeat } from '../process-heartbeat.js';
import { openPaperQuotes } from '../open-paper-quotes.js';
import { protectionRulesOf } from '../protection-rules.js';
import { rest } from '../rest.js';
import { sayOnce } from '../say-once.js';
import { listenForStop } from '../stop-signal.js';
import { NOTES_AT_END_MS, tellPeople } from '../tell-people.js';
import { whileWaiting } from '../while-waiting.js';
import { openTradeLog } from '../trade-log.js';
import {
  appendLine,
  inboxOf,
  journalOf,
  journalStamp,
  folderProjections,
  loggedMarket,
  takeFolder,
  marketSource,
  sha256,
  writeTextFile,
} from '../wire.js';
import type { PaperFlags } from '../paper-flags.js';

/** How far beyond the arena's clock an endless market is made at once. */
const AHEAD_MS = 60 * DAY_MS;

/** `paper`: opens the account, follows the arena, trades what is deployed. */
export async function runPaperCommand(flags: PaperFlags & LogFlags): Promise<number> {
  const { values } = configFor(flags);
  const folder = resolve(values.paper.folder);
  const lock = takeFolder(folder);
  try {
    return await withLog('paper', values, flags, (output) =>
      withProbes({ name: 'paper', values, port: flags.metricsPort, folder }, output, (probes) =>
        withHeartbeat(folderProjections(folder), 'paper', (heartbeat) =>
          trade(flags, values, { folder, heartbeat, probes }, output),
        ),
      ),
    );
  } finally {
    lock.release();
  }
}

interface PaperRun {
  readonly folder: string;
  readonly heartbeat: ProcessHeartbeat;
  readonly probes: ProbeBoard;
}

async function trade(
  flags: PaperFlags,
  values: ArenaConfig,
  { folder, heartbeat, probes }: PaperRun,
  output: LoggedOutput,
): Promise<number> {
  const arenaFolder = resolve(values.state.folder);
  const arena = followArena(
    () => journalOf(arenaFolder, true),
    () => journalStamp(arenaFolder),
  );
  const store = journalOf(folder);
  const note = (text: string): void => {
    output.note(text);
  };
  const stop = listenForStop(note);
  try {
    const kinds = await loadKinds(values.contestants.folder);
    const settings = settingsOf(store, folder, flags, values, arena, arenaFolder);
    const source = marketSource(settings.market);
    const load = (untilMs: TimeMs): ReturnType<typeof source.load> =>
      source.load(source.endless ? untilMs + AHEAD_MS : undefined);
    const untilMs = Math.max(arena.clock(), settings.firstBarMs);
    const logged = settings.market.source === 'live' ? loggedMarket(arenaFolder, untilMs) : undefined;
    const start = openPaperState(store, logged?.table ?? load(untilMs), settings, kinds, sha256);
    retakeFromVenue(store, start);
    const files = openFiles(folder, store, start, flags.tradeLog);
    let newest = start;
    const beat = (status: 'running' | 'waiting'): void => {
      heartbeat.beat(status, { barMs: newest.lastBarMs, generation: newest.generation });
      if (status === 'waiting') probes.ready();
    };
    probes.show(() => paperMetrics(newest));
    files.show(start);
    output.say(
      `paper trader on ${source.label}: ${start.champion?.name ?? 'no champion yet'}, next bar ${formatForPeople(nextPaperBarMs(start))}`,
    );
    const people = tellPeople(folder, store, (rounds) => notesOfPaperRounds(rounds, source.label), note);
    const quotes =
      settings.fills === 'quote'
        ? await openPaperQuotes(settings.market, values, stop, (text) => {
            output.say(text);
          })
        : undefined;
    const asking = askModels(
      openModelSide(values.llm, modelFilesOrNone(values, rosterMarket(start), kinds, output)),
      values.llm,
      store,
      stop.signal,
    );
    let settledMs: TimeMs | undefined;
    let settledBarMs: TimeMs | undefined;
    const ended = await runPaper(
      start,
      {
        store,
        inbox: inboxOf(folder),
        kinds,
        clock: () => arena.clock(),
        desired: () => readDeployment(resolve(values.deployments.folder)),
        crowning: (request) => arena.crowning(request),
        reaching(paper, openMs) {
          const lastMs = paper.market.openTimesMs[paper.market.length - 1] ?? NaN;
          if (openMs <= lastMs) return paper;
          if (logged === undefined) return onLongerMarket(paper, load(openMs), settings, kinds);
          settledMs = logged.reach(openMs);
          settledBarMs = openMs;
          paper.views.grow();
          return paper;
        },
        reopened(paper) {
          const again = openPaperState(store, paper.market, settings, kinds, sha256);
          retakeFromVenue(store, again);
          return again;
        },
        quotes,
        settledMs: (openMs) => (openMs === settledBarMs ? settledMs : undefined),
        opened: (paper) => {
          files.show(paper);
        },
        committed(paper, rounds) {
          newest = paper;
          files.append(paper, rounds);
          people.committed(rounds);
        },
        answer: (asked, spent, leftMs = Infinity) =>
          whileWaiting(asking.answer(asked, spent, leftMs / values.live.clockFactor), () => {
            beat('running');
          }),
        told: sayOnce((text) => {
          output.say(text);
        }),
        async sleep(ms) {
          // Nothing to wait for: it is catching up.
          const status = ms === 0 ? 'running' : 'waiting';
          beat(status);
          await rest(
            ms,
            () => stop.requested(),
            () => {
              beat(status);
            },
          );
        },
        stopRequested: () => stop.requested(),
      },
      { once: flags.once === true, pollMs: values.paper.pollMs, groupRounds: values.replay.groupRounds },
    );
    asking.close();
    await quotes?.close();
    newest = ended;
    beat('waiting');
    await people.close(NOTES_AT_END_MS);
    report(ended, output, folder);
    return EXIT.fine;
  } finally {
    stop.dispose();
    store.close();
  }
}

/** A file of models that cannot be read must not keep an account from its exits: it is told and left out. */
function modelFilesOrNone(
  values: ArenaConfig,
  market: RosterMarket,
  kinds: Kinds,
  output: Output,
): readonly ModelFile[] {
  try {
    return readModelFiles(resolve(values.contestants.folder), market, kinds, modelOfThisMachine(process.env));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    output.say(`${error.message}; going on without the files of models`);
    return [];
  }
}

function report(paper: Paper, output: Output, folder: string): void {
  const { session } = paper;
  output.say(
    `${String(paper.seq)} rounds, generation ${String(paper.generation)}, equity ${fixed(session.equityUsd, 2)} USD, ${String(session.account.openNames)} positions`,
  );
  output.say(`In ${folder}: positions_state.json, trades.csv, equity.csv, journal.sqlite (the truth).`);
  output.answer({
    rounds: paper.seq,
    generation: paper.generation,
    champion: paper.champion?.id ?? null,
    equityUsd: session.equityUsd,
    lastHash: paper.lastHash,
  });
}

/** The account's own settings; a new one takes its market from the arena and begins at the arena's next bar. */
function settingsOf(
  store: ArenaStore,
  folder: string,
  flags: PaperFlags,
  values: ArenaConfig,
  arena: ReturnType<typeof followArena>,
  arenaFolder: string,
): PaperSettings {
  const text = arena.settings();
  // Also where the account has begun: with the name of its arena mistyped, the candles of its rounds would be missed.
  if (text === undefined)
    throw new Problem(
      'not-running',
      `${arenaFolder}: the arena has not begun, so there is no market to trade`,
      {
        hint: 'start it first: npm run arena',
      },
    );
  const saved = store.meta('settings');
  if (saved !== undefined && store.lastCommit() !== undefined)
    return checkFills(parsePaperSettings(saved, folder, arenaFolder), flags, values, folder);
  const { market, costs, limits } = parseSettings(text, arenaFolder);
  const { paper } = values;
  const protection = protectionRulesOf(paper.protection);
  const clockMs = arena.clock();
  const settings: PaperSettings = {
    market,
    firstBarMs: Number.isNaN(clockMs) ? market.fromMs : clockMs + timeframeMs(market.timeframe),
    cashUsd: paper.cashUsd,
    costs,
    limits,
    breakers: {
      ...(paper.dayLossFraction > 0 ? { dayLossFraction: paper.dayLossFraction } : {}),
      ...(paper.weekLossFraction > 0 ? { weekLossFraction: paper.weekLossFraction } : {}),
      ...(paper.drawdownFraction > 0 ? { drawdownFraction: paper.drawdownFraction } : {}),
      ...(paper.lossStreakSizing ? { lossStreakSizing: true } : {}),
    },
    ...(protection === undefined ? {} : { protection }),
    ...(paper.fills === 'quote' ? { fills: paper.fills } : {}),
  };
  if (paper.fills === 'quote' && market.source !== 'live')
    throw new Problem(
      'usage',
      `--fills quote is for live markets, and the arena in ${arenaFolder} plays another one`,
      {
        hint: 'leave it away: orders fill at the next open, as in the arena',
      },
    );
  store.setMeta('settings', paperSettingsText(settings));
  return settings;
}

/** How an account fills holds until it is reset: its record would mean two things. */
function checkFills(
  settings: PaperSettings,
  flags: PaperFlags,
  { paper }: ArenaConfig,
  folder: string,
): PaperSettings {
  const differs = (has: string, asked: string): never => {
    throw new Problem('foreign', `${folder} was started with fills at ${has}, not at ${asked}`, {
      hint: `go on without --fills ${paper.fills}, name another --paper, or begin a new account with npm run paper -- reset`,
    });
  };
  const has = settings.fills ?? 'bar';
  if (paper.fills === 'quote' && has === 'bar') differs('the next open', 'quotes');
  // Unless somebody says it, `bar` is what every configuration has.
  if (flags.fills === 'bar' && has === 'quote') differs('quotes', 'the next open');
  return settings;
}

/** What the deployer wants; undefined while it has written nothing. */
function readDeployment(folder: string): DeploymentState | undefined {
  const text = folderProjections(folder).read('deployment_state.json');
  if (text === undefined) return undefined;
  try {
    return deploymentStateSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Torn or edited: the champion that runs goes on, and the deployer writes the file anew.
    return undefined;
  }
}

interface PaperFiles {
  append(paper: Paper, rounds: Parameters<typeof linesOf>[0]): void;
  show(paper: Paper): void;
}

/** The files are made from the journal at the start, and grow with every commit. */
function openFiles(folder: string, store: ArenaStore, paper: Paper, tradeLog?: string): PaperFiles {
  const projections = folderProjections(folder);
  const trades = join(folder, 'trades.csv');
  const equity = join(folder, 'equity.csv');
  const reign: Reign = { champion: '', generation: 0 };
  const past = linesOf(store.lastCommit() === undefined ? [] : store.rounds(1), reign, paper.market);
  const log = tradeLog === undefined ? undefined : openTradeLog(resolve(tradeLog), past.trades);
  writeTextFile(trades, `${[TRADES_HEADER, ...past.trades].join('\n')}\n`);
  writeTextFile(equity, `${[EQUITY_HEADER, ...past.equity].join('\n')}\n`);
  const show = (p: Paper): void => {
    projections.write('positions_state.json', positionsStateJson(p, nextPaperBarMs(p)));
  };
  return {
    show,
    append(p, rounds) {
      const lines = linesOf(rounds, reign, p.market);
      if (lines.trades.length > 0) appendLines(trades, lines.trades);
      log?.(lines.trades);
      appendLines(equity, lines.equity);
      show(p);
    },
  };
}

function appendLines(path: string, lines: readonly string[]): void {
  for (const line of lines) appendLine(path, line);
}
