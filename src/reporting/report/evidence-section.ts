import { timeSeriesChart } from '../charts/time-series-chart.js';
import { fixed } from '../text-table.js';
import type { EvidenceFigures, TrialFigures } from './evidence-figures.js';
import { htmlTable } from './html-table.js';
import { type Section, figure, paragraph } from './page.js';

interface EvidenceRow {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** Evidence about luck, apart from the verdict: shown, not gating. */
export function evidenceSection(
  evidence: EvidenceFigures,
  timesMs: Float64Array,
  champion: boolean,
): Section {
  const { eValues, threshold, trials, alpha } = evidence;
  const against = champion ? "the champion's series" : 'doing nothing, since nobody was deployed';
  return {
    id: 'evidence',
    title: 'Evidence: shown, not gating',
    body:
      paragraph('None of these decides anything: the verdict comes from the gate alone.') +
      htmlTable<EvidenceRow>(
        [
          { title: 'Figure', align: 'left', cell: (row) => row.name },
          { title: 'Value', cell: (row) => row.value },
          { title: 'What it says', align: 'words', cell: (row) => row.meaning },
        ],
        rowsOf(evidence),
      ) +
      (eValues === undefined
        ? paragraph('E-process: n/a, it is defined for hourly samples.')
        : figure(
            timeSeriesChart({
              title: 'E-process against the champion',
              timesMs,
              valueTitle: 'E (log scale)',
              logarithmic: true,
              lines: [{ label: `evidence against ${against}`, values: eValues, colour: 'blue' }],
              levels: [
                {
                  value: threshold,
                  label: `N / alpha = ${String(trials.registered)} / ${String(alpha)} = ${fixed(threshold, 0)}`,
                },
              ],
              heightPx: 180,
            }),
            'Wealth of gamblers who bet on this contestant hour by hour, from 1. Without an edge it reaches the dashed line, at any time, ' +
              'for at most one field in ten: it may be watched every hour.',
          )),
  };
}

function rowsOf(e: EvidenceFigures): EvidenceRow[] {
  const { trials, range, bootstrap } = e;
  const share = (value: number | undefined): string => fixed(value, 4);
  return [
    {
      name: 'Sharpe, annual',
      value: fixed(e.sharpe, 2),
      meaning:
        range === undefined
          ? '95 % range n/a'
          : `95 % range ${fixed(range.low, 2)} to ${fixed(range.high, 2)} (standard error by Mertens)`,
    },
    {
      name: 'Sharpe, adjusted',
      value: fixed(e.adjustedSharpe, 2),
      meaning: 'for autocorrelation within 24 samples (Lo 2002, eta(24))',
    },
    {
      name: 'Bootstrap range',
      value: bootstrap === undefined ? 'n/a' : `${fixed(bootstrap.low, 2)} to ${fixed(bootstrap.high, 2)}`,
      meaning:
        bootstrap === undefined
          ? 'too short or flat'
          : `of the annual Sharpe, 95 %, stationary bootstrap of ${String(bootstrap.resamples)} resamples, blocks of ${fixed(bootstrap.blockSamples, 1)} samples on average`,
    },
    {
      name: 'PSR(0)',
      value: share(e.probabilistic),
      meaning: 'probability that the true ratio is above 0, for one trial',
    },
    {
      name: `DSR, N = ${String(trials.registered)}`,
      value: share(e.deflated),
      meaning: 'the same against the best of all ever registered, spread of ratios as across the field',
    },
    {
      name: `DSR, N = ${String(trials.registered)}, V = 1/n`,
      value: share(e.deflatedByChance),
      meaning: 'the same with the spread that chance alone gives: a shared market shrinks the one above',
    },
    {
      name: `DSR, N effective = ${fixed(trials.effective, 1)}, V = 1/n`,
      value: share(e.deflatedEffective),
      meaning: `for as many as move apart (average correlation ${fixed(trials.averageCorrelation, 2)})`,
    },
    {
      name: 'MinTRL',
      value: e.minimumRecordDays === undefined ? 'n/a' : `${fixed(e.minimumRecordDays, 0)} days`,
      meaning:
        e.minimumRecordDays === undefined
          ? 'no record would be long enough at this ratio'
          : 'record that this ratio needs to be above 0 with 95 %, for one trial',
    },
    overfittingRow(trials),
  ];
}

export function overfittingRow({ overfitting, compared }: TrialFigures): EvidenceRow {
  return {
    name: 'PBO of the field',
    value: overfitting.kind === 'measured' ? fixed(overfitting.probability, 3) : 'n/a',
    meaning:
      overfitting.kind === 'measured'
        ? `share of ${String(overfitting.combinations)} splits in which the best of ${String(compared)} in one half is below the median in the other`
        : `not available: ${overfitting.why.replaceAll('-', ' ')}`,
  };
}
