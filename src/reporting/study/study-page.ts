import type { Study } from '../../core/metrics/judge-study.js';
import { quantileOfSorted } from '../../core/metrics/quantile-band.js';
import { type StudyPlacebo, windowOf } from '../../core/metrics/study-trial.js';
import { type Distribution, distributionChart } from '../charts/distribution-chart.js';
import { escapeHtml } from '../escape-html.js';
import { figure, paragraph, reportPage } from '../report/page.js';
import { signedPct } from '../report/numbers.js';
import { grouped } from '../text-table.js';
import type { StudyAbout } from './study-about.js';
import { conclusionOnRandom, studySections, verdictOnPairs } from './study-sections.js';
import { studyHead } from './study-text.js';
import { shown } from './study-words.js';

/** The study as one page: pictures of every window, then the tables of the text. */
export function studyPage(study: Study, about: StudyAbout): string {
  const conclusions = [
    ...(study.pairs.length === 0 ? [] : verdictOnPairs(study)),
    ...(study.placebos.length === 0 ? [] : [conclusionOnRandom(study)]),
  ];
  const lead =
    conclusions.length === 0 ? '' : `<div class="verdict">${conclusions.map(paragraph).join('')}</div>`;
  return reportPage({
    title: 'Study of repeated trials',
    about: studyHead(study, about),
    generated: about.generated,
    lead,
    sections: [
      {
        id: 'picture',
        title: 'Returns of every trial',
        body: study.windows
          .map((window) => figure(studyChart(study, window), captionOf(study, window)))
          .join('\n'),
      },
      ...studySections(study).map(({ id, title, tables, notes }) => ({
        id,
        title,
        body: `${tables.map(({ html }) => html).join('\n')}${notes.length === 0 ? '' : `<ul>${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`}`,
      })),
    ],
  });
}

/** Trials of one window. Their mean and its range only where there is no other window: over several, trials are no values of a test. */
export function studyChart(study: Study, window: string): string {
  const one = study.unit === 'trial';
  const chart: Distribution = {
    title: `Returns of trials, ${shown(window)}`,
    valueTitle: 'return in percent',
    pointLabel: 'a trial',
    meanLabel: one ? 'mean, 95 % range (t)' : 'mean of the window',
    rows: study.configurations.map(({ configuration, trials, againstZero, meanFraction }) => {
      const points = trials
        .filter((trial) => windowOf(trial) === window)
        .map((trial) => ({
          name: `${shown(configuration)}, trial ${String(trial.trial)}`,
          value: 100 * trial.returnFraction,
        }));
      const mean = points.reduce((sum, { value }) => sum + value, 0) / points.length;
      return {
        name: shown(configuration),
        points,
        mean: one ? percent(meanFraction) : Number.isFinite(mean) ? mean : undefined,
        range:
          one && againstZero !== undefined
            ? { low: 100 * againstZero.low, high: 100 * againstZero.high }
            : undefined,
      };
    }),
    band: randomBand(study.placebos.filter((placebo) => windowOf(placebo) === window)),
    levels: study.benchmarks
      .filter((benchmark) => windowOf(benchmark) === window)
      .map(({ name, returnFraction }) => ({ label: shown(name), value: 100 * returnFraction })),
    write: (value) => signedPct(value / 100),
  };
  return distributionChart(chart);
}

function percent(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : 100 * fraction;
}

/** Nine in ten of the first group of random traders. */
function randomBand(placebos: readonly StudyPlacebo[]): Distribution['band'] {
  const group = placebos[0]?.group;
  const sorted = Float64Array.from(
    placebos.filter((placebo) => placebo.group === group),
    ({ returnFraction }) => 100 * returnFraction,
  ).sort();
  const [low, high] = [quantileOfSorted(sorted, 0.05), quantileOfSorted(sorted, 0.95)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  return { label: `90 % of ${grouped(sorted.length)} ${shown(group ?? 'random traders')}`, low, high };
}

function captionOf({ unit }: Study, window: string): string {
  return unit === 'trial'
    ? `${shown(window)}. Every dot is a trial on the same prices. The range is about asking again, not about another market.`
    : `${shown(window)}. Every dot is a trial; trials of one window count as one value.`;
}
