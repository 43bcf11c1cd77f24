/** The report on the paper account, with its books checked against FIFO. */
import { join, resolve } from 'node:path';
import { type PaperSettings, parsePaperSettings } from '../app/paper-settings.js';
import { type PaperHistory, readPaperHistory } from '../app/read-paper-history.js';
import { figuresOf, readinessOf, recordOf } from '../app/report-account.js';
import { Problem } from '../core/domain/problem.js';
import { DAY_MS, timeframeMs } from '../core/domain/time.js';
import { bookedFill } from '../core/metrics/booked-fill.js';
import { type FifoCheck, checkFifo, fifoRealised } from '../core/metrics/fifo-realised.js';
import { samplesPerYear } from '../core/metrics/samples-per-year.js';
import { accountFiles } from '../reporting/report/account-files.js';
import type { AccountFigures } from '../reporting/report/account-figures.js';
import { accountPage } from '../reporting/report/account-page.js';
import { equityChart } from '../reporting/report/account-sections.js';
import { evidenceFigures } from '../reporting/report/evidence-figures.js';
import { periodWords } from '../reporting/report/field-page.js';
import { usd } from '../reporting/report/numbers.js';
import { paragraph } from '../reporting/report/page.js';
import { booksSection, championsSection } from '../reporting/report/paper-sections.js';
import type { ArenaConfig } from './config/schema.js';
import type { Output } from './output.js';
import { type PositionsState, parsePositionsState } from './positions-state.js';
import { type OpenedArena, openArenaHistory, trialsOfField } from './report-arena.js';
import type { MadeReport } from './report-files.js';
import { folderProjections, journalOf, marketSource } from './wire.js';

const NAME = 'The paper account';

export function paperReport(values: ArenaConfig, output: Output): MadeReport {
  const folder = resolve(values.paper.folder);
  const { settings, paper, state } = readAccount(folder, resolve(values.state.folder));
  const source = marketSource(settings.market);
  const market = source.load(paper.lastBarMs + timeframeMs(settings.market.timeframe));
  const arena = arenaBeside(values, settings, output);
  const perYear = samplesPerYear(settings.market.timeframe, market.calendar);
  const record = recordOf(paper, paper.startMs, settings.cashUsd, paper.entries);
  const figures = figuresOf(record, market, perYear, arena?.history);
  const check = state === undefined ? undefined : checkBooks(paper, state, market.symbols);
  const books = booksSection(
    check,
    `${join(folder, 'positions_state.json')} is not there, or older than the journal`,
  );
  const toMs = record.timesMs.at(-1) ?? paper.startMs;
  const champion = paper.handOvers.at(-1);
  const report = {
    name: NAME,
    about: [`${source.label}; ${periodWords(paper.startMs, toMs)}, ${settings.market.timeframe} bars`],
    generated: source.generated,
    lead: `<div class="verdict">${paragraph(
      champion === undefined
        ? 'Nobody has traded it yet.'
        : `${champion.name} trades it, generation ${String(champion.generation)}, champion number ${String(paper.handOvers.length)} of this account.`,
    )}${paragraph(
      check === undefined
        ? 'Books: not compared.'
        : check.agrees
          ? `Books: FIFO and the account agree to the cent, ${usd(check.accountUsd)} USD realised.`
          : `BOOKS DISAGREE by ${usd(check.differenceUsd)} USD.`,
    )}${besideChampion(figures)}</div>`,
    figures,
    evidence:
      arena === undefined
        ? undefined
        : evidenceFigures(figures.returns, figures.championReturns, trialsOfField(arena.history), perYear),
    readiness: readinessOf(
      figures,
      champion === undefined ? undefined : (toMs - (paper.handOvers[0]?.barMs ?? toMs)) / DAY_MS,
    ),
    market,
    own: [championsSection(paper.handOvers), books],
  };
  if (check !== undefined && !check.agrees)
    output.say(`the books of the paper account disagree with FIFO by ${usd(check.differenceUsd)} USD`);
  return {
    files: {
      what: 'paper',
      lastBarMs: paper.lastBarMs,
      html: accountPage(report),
      files: accountFiles(report, { champions: paper.handOvers, books: check }),
      picture: equityChart(NAME, figures),
    },
    ok: check?.agrees ?? true,
    facts: { rounds: paper.rounds, books: check ?? null },
  };
}

/** Inherited positions and protections of the account make a difference; one that grows is an alarm. */
function besideChampion({ record, championUsd }: AccountFigures): string {
  const own = record.equityUsd.at(-1) ?? NaN;
  const points = (100 * (own - (championUsd?.at(-1) ?? NaN))) / record.startUsd;
  return Number.isFinite(points)
    ? paragraph(
        `${points.toFixed(2)} points of return beside the champion's own series in the arena, over the same hours.`,
      )
    : '';
}

interface PaperAccount {
  readonly settings: PaperSettings;
  readonly paper: PaperHistory;
  /** Of the same round as the history; undefined where the file tells of none that the journal has. */
  readonly state: PositionsState | undefined;
}

/** The file first: the journal is at least as far. */
function readAccount(folder: string, arenaFolder: string): PaperAccount {
  const path = join(folder, 'positions_state.json');
  const text = folderProjections(folder).read('positions_state.json');
  const state = text === undefined ? undefined : parsePositionsState(text, path);
  const store = journalOf(folder, true);
  try {
    const saved = store.meta('settings');
    const commit = store.lastCommit();
    if (saved === undefined || commit === undefined || commit.seq === 0)
      throw new Problem('not-running', `${folder}: there is no paper account yet`, { hint: 'npm run paper' });
    const settings = parsePaperSettings(saved, folder, arenaFolder);
    const last = state === undefined || state.rounds === 0 ? commit.seq : Math.min(state.rounds, commit.seq);
    const paper = readPaperHistory(store, settings.market.timeframe, last);
    return { settings, paper, state: state?.rounds === paper.rounds ? state : undefined };
  } finally {
    store.close();
  }
}

function checkBooks(paper: PaperHistory, state: PositionsState, symbols: readonly string[]): FifoCheck {
  const books = fifoRealised(paper.entries.flatMap((entry) => bookedFill(entry, symbols) ?? []));
  const modelUsd = paper.entries.reduce(
    (sum, { effect, amountUsd }) => (effect === 'model-cost' ? sum - amountUsd : sum),
    0,
  );
  return checkFifo(
    books,
    state.positions.map(({ ticker, holdings, entry_price }) => ({
      symbol: ticker,
      quantity: holdings,
      entryPrice: entry_price,
    })),
    state.realized_pnl,
    modelUsd,
  );
}

/** The arena that it follows, where it is there and plays the same market. */
function arenaBeside(values: ArenaConfig, settings: PaperSettings, output: Output): OpenedArena | undefined {
  try {
    const arena = openArenaHistory(values, output, () => new Set());
    const { market } = arena.settings;
    const same =
      market.source === settings.market.source &&
      market.seed === settings.market.seed &&
      market.folder === settings.market.folder &&
      market.timeframe === settings.market.timeframe;
    return same ? arena : undefined;
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not-running') return undefined;
    throw error;
  }
}
