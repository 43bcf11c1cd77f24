import type { Paper } from '../../core/deployment/paper.js';
import type { MetricFamily } from '../../reporting/metrics-text.js';

/** What a paper trader shows of its account. */
export function paperMetrics({ seq, generation, session }: Paper): MetricFamily[] {
  return [
    {
      type: 'counter',
      name: 'paper_rounds_total',
      help: 'Bars that the account was traded through.',
      samples: [{ value: seq }],
    },
    {
      type: 'gauge',
      name: 'paper_equity_usd',
      help: 'Equity of the paper account.',
      samples: [{ value: session.equityUsd }],
    },
    {
      type: 'gauge',
      name: 'paper_open_positions',
      help: 'Symbols that it holds.',
      samples: [{ value: session.account.openNames }],
    },
    {
      type: 'gauge',
      name: 'paper_generation',
      help: 'The deployment that it trades.',
      samples: [{ value: generation }],
    },
  ];
}
