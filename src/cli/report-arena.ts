/** Reports that come from the arena's journal: one contestant, or everybody. */
import { resolve } from 'node:path';
import { type ArenaSettings, parseSettings } from '../app/arena-settings.js';
import { type ArenaHistory, readHistory } from '../app/read-history.js';
import { readPaperHistory, tenureMs } from '../app/read-paper-history.js';
import { figuresOf, readinessOf, recordOf } from '../app/report-account.js';
import { everRegistered, fieldReport, trialsOf, windowMembers } from '../app/report-field.js';
import { parsePaperSettings } from '../app/paper-settings.js';
import { readContestantRow } from '../app/stored-contestants.js';
import type { Contestant } from '../core/arena/contestant.js';
import { Problem } from '../core/domain/problem.js';
import { DAY_MS, timeframeMs } from '../core/domain/time.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { accountFiles } from '../reporting/report/account-files.js';
import { accountPage } from '../reporting/report/account-page.js';
import { equityChart } from '../reporting/report/account-sections.js';
import { type TrialFigures, evidenceFigures } from '../reporting/report/evidence-figures.js';
import { fieldFiles } from '../reporting/report/field-files.js';
import { fieldPage, periodWords } from '../reporting/report/field-page.js';
import { verdictBlock } from '../reporting/report/verdict-block.js';
import type { ArenaConfig } from './config/schema.js';
import { findOneContestant } from './find-one-contestant.js';
import type { Output } from './output.js';
import type { MadeReport } from './report-files.js';
import { slowProgress } from './slow-progress.js';
import { journalOf, marketSource, sha256 } from './wire.js';
import { newestRound } from '../app/round-at.js';

/** What the arena's folder gives for a report. */
export interface OpenedArena {
  readonly history: ArenaHistory;
  readonly settings: ArenaSettings;
  readonly label: { readonly generated: boolean; readonly text: string };
}

/** Opens the journal for reading, whether or not the arena runs; `detailed` chooses whose fills are kept. */
export function openArenaHistory(
  values: ArenaConfig,
  output: Output,
  detailed: (contestants: readonly Contestant[], folder: string) => ReadonlySet<number>,
): OpenedArena {
  const folder = resolve(values.state.folder);
  const store = journalOf(folder, true);
  try {
    const saved = store.meta('settings');
    const commit = store.lastCommit();
    if (commit === undefined || commit.seq === 0 || saved === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const settings = parseSettings(saved, folder);
    const source = marketSource(settings.market);
    const history = readHistory({
      store,
      settings,
      market: source.load((newestRound(store)?.barMs ?? NaN) + timeframeMs(settings.market.timeframe)),
      hash: sha256,
      detailed: detailed(store.contestants().map(readContestantRow), folder),
      progress: slowProgress(output),
    });
    return { history, settings, label: { generated: source.generated, text: source.label } };
  } finally {
    store.close();
  }
}

export function fieldReportFiles(
  values: ArenaConfig,
  cohort: number | undefined,
  output: Output,
): MadeReport {
  const { history, label } = openArenaHistory(values, output, () => new Set());
  const report = fieldReport(history, cohort, label);
  const leader = report.figures.ranked[0];
  return {
    files: {
      what: cohort === undefined ? 'field' : `cohort-${String(cohort)}`,
      lastBarMs: history.board.lastBarMs,
      html: fieldPage(report),
      files: fieldFiles(report),
      picture: undefined,
    },
    ok: true,
    facts: { ranked: report.figures.ranked.length, leader: leader?.name ?? null },
  };
}

/** The field of the board's window as trials of whoever is looked at. */
export function trialsOfField(history: ArenaHistory): TrialFigures {
  return trialsOf(windowMembers(history), everRegistered(history));
}

export function contestantReport(values: ArenaConfig, text: string, output: Output): MadeReport {
  let chosen: Contestant | undefined;
  const { history, label } = openArenaHistory(values, output, (contestants, folder) => {
    chosen = findOneContestant(contestants, text, folder);
    return new Set([chosen.position]);
  });
  const position = chosen?.position ?? -1;
  const contestant = history.contestants[position];
  const standing = history.board.standings.find(({ id }) => id === contestant?.id);
  if (contestant === undefined || standing === undefined)
    throw new Problem('not-running', `"${text}" has not played a bar yet`);
  const { board, market, samplesPerYear } = history;
  const record = recordOf(
    {
      timesMs: history.timesMs,
      equityUsd: history.equityUsd[position] ?? new Float64Array(),
      exposureFraction: history.exposureFraction.get(position) ?? new Float64Array(),
    },
    contestant.joinedBarMs,
    board.cashUsd,
    history.entries.get(position) ?? [],
  );
  const figures = figuresOf(record, market, samplesPerYear, history, position);
  const toMs = record.timesMs.at(-1) ?? record.startMs;
  const report = {
    name: contestant.name,
    about: [
      `${contestant.manifest.kind}, ${contestant.manifest.timeframe} bars, id ${contestant.id.slice(0, 16)}`,
      `${label.text}; ${periodWords(record.startMs, toMs)}, since it joined`,
      ...(board.windowStartMs > contestant.joinedBarMs
        ? [`The board ranks it over a shorter window: ${periodWords(board.windowStartMs, toMs)}`]
        : []),
    ],
    generated: label.generated,
    lead: verdictBlock(standing),
    figures,
    evidence: evidenceFigures(
      figures.returns,
      figures.championReturns,
      trialsOfField(history),
      samplesPerYear,
    ),
    readiness: readinessOf(figures, paperDaysOf(values, contestant.id)),
    market,
    own: [],
  };
  return {
    files: {
      what: `${contestant.name}-${contestant.id.slice(0, 8)}`,
      lastBarMs: board.lastBarMs,
      html: accountPage(report),
      files: accountFiles(report, { id: contestant.id, manifest: contestant.manifest, standing }),
      picture: equityChart(contestant.name, figures),
    },
    ok: true,
    facts: { id: contestant.id, name: contestant.name, rank: standing.rank ?? null },
  };
}

/** How long it traded the paper account; undefined where there is none, or another one traded it. */
function paperDaysOf(values: ArenaConfig, id: string): number | undefined {
  const folder = resolve(values.paper.folder);
  let store: ArenaStore;
  try {
    store = journalOf(folder, true);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not-running') return undefined;
    throw error;
  }
  try {
    const saved = store.meta('settings');
    const commit = store.lastCommit();
    if (saved === undefined || commit === undefined || commit.seq === 0) return undefined;
    const { market } = parsePaperSettings(saved, folder, resolve(values.state.folder));
    const paper = readPaperHistory(store, market.timeframe, commit.seq);
    return paper.handOvers.some((told) => told.id === id) ? tenureMs(paper, id) / DAY_MS : undefined;
  } finally {
    store.close();
  }
}
