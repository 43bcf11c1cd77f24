import type { MetricFamily } from '../../reporting/metrics-text.js';

interface Counts {
  readonly runs: number;
  readonly done: number;
  readonly failed: number;
  readonly givenBack: number;
}

/** What a worker shows of its jobs since this start. */
export function workerMetrics({ runs, done, failed, givenBack }: Counts): MetricFamily[] {
  return [
    {
      type: 'gauge',
      name: 'worker_runs',
      help: 'Arenas and sweeps that it serves.',
      samples: [{ value: runs }],
    },
    {
      type: 'counter',
      name: 'worker_jobs_total',
      help: 'Jobs that it took, by what came of them.',
      samples: Object.entries({ done, failed, 'given-back': givenBack }).map(([outcome, value]) => ({
        labels: { outcome },
        value,
      })),
    },
  ];
}
