import type { MetricFamily } from '../../reporting/metrics-text.js';
import type { PaperTraderReport } from '../../reporting/deployment-files.js';

interface Deploying {
  readonly seq: number;
  readonly state: { readonly generation: number };
}

/** What a deployer shows of its work; `paper` where it supervises a paper trader. */
export function deployerMetrics(
  { seq, state }: Deploying,
  paper: PaperTraderReport | undefined,
): MetricFamily[] {
  return [
    {
      type: 'counter',
      name: 'deployer_steps_total',
      help: 'Steps in its journal.',
      samples: [{ value: seq }],
    },
    {
      type: 'gauge',
      name: 'deployer_generation',
      help: 'The deployment that it wants to run.',
      samples: [{ value: state.generation }],
    },
    {
      type: 'counter',
      name: 'deployer_paper_restarts_total',
      help: 'How often the paper trader was started again since this start.',
      samples: [{ value: paper?.restarts }],
    },
  ];
}
