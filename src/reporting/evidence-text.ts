import type { Board, Standing } from '../core/arena/board.js';
import type { ComingLook } from '../core/arena/gate-figures.js';
import type { GateStanding } from '../core/promotion/gate-standing.js';
import { oddsWords, oneIn } from './odds-words.js';
import { type Column, fixed, textTable } from './text-table.js';
import { CHOSEN_PAST, chosenFrom } from './training-words.js';

/** How many contestants the evidence block names. */
const EVIDENCE_ROWS = 10;
/** Lines on who moves like whom. */
const CLONE_ROWS = 3;
/** Lines on who came from training. */
const TRAINED_ROWS = 5;

/** The second block of the board: what stands behind the ranks, why nobody is ready, and when the gate looks again. */
export function evidenceText(standings: readonly Standing[], board: Board): string[] {
  const shown = standings.filter((s) => s.rank !== undefined).slice(0, EVIDENCE_ROWS);
  const unranked = standings.filter((s) => s.rank === undefined || s.reason !== '');
  const columns: Column<Standing>[] = [
    { title: 'Rank', align: 'right', cell: (s) => (s.rank === undefined ? '-' : String(s.rank)) },
    { title: 'Name', align: 'left', maxWidth: 18, cell: (s) => s.name },
    { title: 'Coh', align: 'right', cell: (s) => (s.cohort === undefined ? 'next' : String(s.cohort)) },
    { title: 'Sharpe 95 %', align: 'right', cell: sharpeRangeText },
    { title: 'Lead', align: 'right', cell: (s) => fixed(s.leadPoints, 2) },
    { title: 'Luck', align: 'right', cell: (s) => oneIn(s.gate?.pHolm) },
    { title: 'Placebos', align: 'right', cell: placeboText },
    { title: 'Proof', align: 'right', cell: (s) => paceText(s, board) },
    { title: 'Verdict', align: 'left', maxWidth: 40, cell: verdictText },
  ];
  const rows = [...shown, ...unranked.filter((s) => !shown.includes(s)).slice(0, EVIDENCE_ROWS)];
  return [
    ...(rows.length === 0 ? ['none'] : textTable(columns, rows)),
    ...cloneLines(shown),
    ...trainedLines(shown),
    ...undecidedLines(shown),
    ...board.looks.map((look) => lookLine(look, board)),
    `Lead: points of return over ${board.champion === undefined ? 'nothing: nobody is deployed' : "the champion's series"}. Luck: how often the best of all that were tried`,
    'together looks so good without any skill, as of the last look. Placebos: random traders of its pace and size beaten.',
    `Proof: when it passes if it goes on like this. A cohort ever passes somebody without skill: at most ${oddsWords(board.gateBudget)}.`,
    `A ranking needs ${String(board.minimumHours)} h at least.`,
  ];
}

export function sharpeRangeText({ sharpeRange }: Pick<Standing, 'sharpeRange'>): string {
  return sharpeRange === undefined ? 'n/a' : `${fixed(sharpeRange.low, 1)} to ${fixed(sharpeRange.high, 1)}`;
}

function placeboText({ placebos }: Standing): string {
  return placebos === undefined ? 'n/a' : `${String(placebos.beaten)} of ${String(placebos.of)}`;
}

/** When the evidence would be enough at this pace, as days from now. */
function paceText({ gate, cohort }: Standing, board: Board): string {
  if (gate === undefined) return 'n/a';
  const look = board.looks.find((one) => one.cohort === cohort);
  switch (gate.pace.kind) {
    case 'passed':
      return 'passed';
    case 'no-estimate':
      return 'n/a';
    case 'not-in-its-life':
      return 'too slow';
    case 'at-look':
      return look === undefined ? 'n/a' : `in ${fixed((gate.pace.hours - look.ageHours) / 24, 0)} d`;
  }
}

/** The verdict, and the first reason why it is not ready. */
export function verdictText(s: Standing): string {
  if (s.role === 'champion') return 'champion';
  if (s.notCandidate !== '') return `not eligible: ${s.reason === '' ? (s.notCandidate ?? 'n/a') : s.reason}`;
  if (s.gate === undefined) return 'leading, not proven: no look yet';
  if (s.gate.verdict === 'promotable') return 'promotable';
  const [integrity] = s.gate.integrity;
  return integrity === undefined ? 'leading, not proven' : `leading, not proven: ${integrity}`;
}

/** Several names, one idea. */
function cloneLines(shown: readonly Standing[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { cloneOf, name } of shown)
    if (cloneOf !== undefined) groups.set(cloneOf.name, [...(groups.get(cloneOf.name) ?? []), name]);
  return [...groups]
    .slice(0, CLONE_ROWS)
    .map(([head, clones]) => cutLine(`Moves like ${head}: ${clones.join(', ')}`));
}

/** Trials behind the contestants that are shown: the more there were, the less their past says. */
function trainedLines(shown: readonly Standing[]): string[] {
  const trained = shown.flatMap(({ name, training }) => (training === undefined ? [] : [{ name, training }]));
  if (trained.length === 0) return [];
  const left = trained.length - TRAINED_ROWS;
  return [
    ...trained
      .slice(0, TRAINED_ROWS)
      .map(({ name, training }) => cutLine(`Trained: ${name} is ${chosenFrom(training)}`)),
    ...(left > 0 ? [`Trained: ${String(left)} more of these`] : []),
    `Of whoever was trained: ${CHOSEN_PAST}.`,
  ];
}

function undecidedLines(shown: readonly Standing[]): string[] {
  return shown
    .filter(({ coveragePct }) => coveragePct !== undefined && coveragePct < 99.95)
    .slice(0, CLONE_ROWS)
    .map(({ name, coveragePct }) => cutLine(`${name} made ${fixed(coveragePct, 1)} % of its decisions`));
}

function lookLine(look: ComingLook, board: Board): string {
  const { cohort, hours, ageHours, alpha, familySize } = look;
  const which = board.looks.length === 1 ? '' : ` of cohort ${String(cohort)}`;
  return `Next look${which} on day ${fixed(hours / 24, 0)} (day ${fixed(ageHours / 24, 1)} now): luck may explain at most ${oddsWords(alpha)} for the best of ${String(familySize)}.`;
}

function cutLine(text: string): string {
  return text.length <= 118 ? text : `${text.slice(0, 117)}…`;
}

/** Where a gate's pace leads, as a sentence. */
export function paceSentence({ pace, lookHours }: GateStanding): string {
  switch (pace.kind) {
    case 'passed':
      return 'It passed at that look; the verdict stands until the next.';
    case 'at-look':
      return `At this pace it passes at the look on day ${fixed(pace.hours / 24, 0)}.`;
    case 'not-in-its-life':
      return "At this pace it does not pass in its cohort's life.";
    case 'no-estimate':
      return `On day ${fixed(lookHours / 24, 0)} it was not ahead of champion and market at all: no estimate when it might pass.`;
  }
}
