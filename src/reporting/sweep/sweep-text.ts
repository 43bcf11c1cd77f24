import { formatForPeople } from '../../core/domain/time.js';
import { type Column, fixed, grouped, textTable } from '../text-table.js';
import type { FoldFacts, SweepAbout, SweepFacts, TopFacts } from './sweep-facts.js';

/** The result of a sweep for a terminal: at most 120 columns. */
export function sweepText(facts: SweepFacts, about: SweepAbout): string {
  const rows = facts.top.length;
  return `${[
    ...head(facts, about),
    '',
    ...(rows === 0
      ? ['No run has a Sharpe ratio: nothing can be ranked.']
      : textTable(topColumns(facts), facts.top)),
    '',
    ...foldLines(facts, about),
    ...luckLines(facts),
    '',
    ...(about.generated
      ? ['These prices are GENERATED. Nothing here says anything about a real market.']
      : []),
    'Past results promise nothing.',
  ].join('\n')}\n`;
}

function head(facts: SweepFacts, about: SweepAbout): string[] {
  const { accounts, sets, total, played, invalid, faulted, neverTraded } = facts;
  const runs = accounts === 1 ? '' : ` on each of ${grouped(accounts)} symbols, ${grouped(total)} runs`;
  const notes = [
    ...(invalid === 0
      ? []
      : [
          `${grouped(invalid)} passed over (${facts.kind} does not take them: ${about.firstInvalidWhy ?? 'n/a'})`,
        ]),
    ...(faulted === 0 ? [] : [`${grouped(faulted)} with faults`]),
    ...(neverTraded === 0 ? [] : [`${grouped(neverTraded)} never traded`]),
  ];
  return [
    `${about.name}: ${facts.kind}, ${grouped(sets)} sets${runs}; ${grouped(played)} played${notes.map((note) => `, ${note}`).join('')}`,
    about.market,
    about.holdoutFromMs === undefined
      ? `ranked by ${formatForPeople(about.fromMs)} to ${formatForPeople(about.toMs)}; nothing is held out`
      : `ranked by ${formatForPeople(about.fromMs)} until ${String(about.purgeBars + about.embargoBars)} bars before ${formatForPeople(about.holdoutFromMs)}; held out from there to ${formatForPeople(about.toMs)}`,
  ];
}

function topColumns(facts: SweepFacts): Column<TopFacts>[] {
  const held = facts.holdoutSamples > 0;
  return [
    { title: '#', align: 'right', cell: ({ rank }) => String(rank) },
    { title: 'run', align: 'right', cell: ({ run }) => String(run) },
    { title: 'set', align: 'left', maxWidth: 34, cell: ({ label }) => label },
    { title: 'return %', align: 'right', cell: ({ returnPct }) => fixed(returnPct, 2) },
    { title: 'Sharpe', align: 'right', cell: ({ sharpe }) => fixed(sharpe, 2) },
    { title: 'real %', align: 'right', cell: ({ deflatedPct }) => fixed(deflatedPct, 1) },
    { title: 'max DD %', align: 'right', cell: ({ maxDrawdownPct }) => fixed(maxDrawdownPct, 1) },
    { title: 'trades', align: 'right', cell: ({ closedTrades }) => grouped(closedTrades) },
    { title: 'tests > 0 %', align: 'right', cell: ({ positiveTestsPct }) => fixed(positiveTestsPct, 0) },
    ...(held
      ? ([
          {
            title: '| held out %',
            align: 'right',
            cell: ({ holdoutReturnPct }) => fixed(holdoutReturnPct, 2),
          },
          { title: 'Sharpe', align: 'right', cell: ({ holdoutSharpe }) => fixed(holdoutSharpe, 2) },
        ] satisfies Column<TopFacts>[])
      : []),
  ];
}

const FOLD_COLUMNS: readonly Column<FoldFacts>[] = [
  { title: 'fold', align: 'right', cell: ({ fold }) => String(fold) },
  { title: 'best in training', align: 'left', maxWidth: 40, cell: ({ label }) => label ?? 'n/a' },
  { title: 'Sharpe there', align: 'right', cell: ({ trainSharpe }) => fixed(trainSharpe, 2) },
  { title: 'in the test', align: 'right', cell: ({ testSharpe }) => fixed(testSharpe, 2) },
  { title: 'all runs > 0 in the test, %', align: 'right', cell: ({ positivePct }) => fixed(positivePct, 0) },
];

function foldLines(facts: SweepFacts, about: SweepAbout): string[] {
  const gaps = `purge ${grouped(about.purgeBars)} bars (${about.purgeFrom}), embargo ${grouped(about.embargoBars)}`;
  if (about.foldsWanted === 0) return ['No walk-forward folds, as asked.', ''];
  if (facts.folds.length === 0) return [`No walk-forward folds: the record is too short for ${gaps}.`, ''];
  return [
    `Walk-forward, ${String(facts.folds.length)} anchored folds within the ranked part; ${gaps}`,
    ...textTable(FOLD_COLUMNS, facts.folds),
    '',
  ];
}

function luckLines(facts: SweepFacts): string[] {
  const runs = `${grouped(facts.played)} ${facts.played === 1 ? 'run' : 'runs'}`;
  if (facts.verdict === 'not-measurable') return [`Whether the best of ${runs} is luck cannot be measured.`];
  const level = fixed(facts.luckySharpe, 2);
  const hurdle =
    facts.played === 1
      ? `without skill it would have a Sharpe of ${level} on average; it has ${fixed(facts.bestSharpe, 2)}.`
      : `${runs} without skill reach a Sharpe of ${level} at their best on average; it has ${fixed(facts.bestSharpe, 2)}.`;
  const odds = `The probability that its true one is above that is ${fixed(facts.bestDeflatedPct, 1)} % (column "real %"; ${fixed(facts.levelPct, 0)} % are needed).`;
  return [
    facts.verdict === 'luck'
      ? `The best of ${runs} is what luck alone gives: ${hurdle}`
      : `The best of ${runs} is more than luck alone gives: ${hurdle}`,
    odds,
    `Ratios of all runs deviate by ${fixed(facts.sharpeDeviation, 2)} (used: ${fixed(facts.usedDeviation, 2)}, never less than chance gives one run of this length).`,
    facts.effectiveRuns === undefined
      ? 'How many independent runs they are worth: n/a.'
      : `Their returns correlate by ${fixed(facts.averageCorrelation, 2)} on average, like ${grouped(facts.effectiveRuns, facts.effectiveRuns < 100 ? 1 : 0)} independent runs; by those alone it would be ${fixed(facts.bestDeflatedByEffectivePct, 1)} %.`,
    `Probability of overfitting: ${overfitting(facts)}.`,
  ];
}

function overfitting({ overfittingPct, overfittingWhy, sampled, played }: SweepFacts): string {
  const over =
    sampled < played
      ? `over ${grouped(sampled)} of ${grouped(played)} runs, drawn by chance of those with a ratio`
      : `over all ${grouped(played)} runs`;
  return overfittingPct === undefined
    ? `n/a (${overfittingWhy?.replaceAll('-', ' ') ?? ''})`
    : `${fixed(overfittingPct, 0)} % (how often the best of one half of the time is below the median in the other; ${over})`;
}
