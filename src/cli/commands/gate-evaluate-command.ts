import { judgeSeries } from '../../core/promotion/judge-series.js';
import { gateVerdictsJson, gateVerdictsText } from '../../reporting/gate-verdicts.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { readGateCohorts } from '../read-gate-cohorts.js';

/** `gate evaluate FILE`: the gate's verdicts on return series that somebody brings along. */
export function gateEvaluateCommand(file: string, flags: { readonly json?: boolean }): number {
  const output = createOutput(flags.json === true);
  const judged = readGateCohorts(file).map(({ name, cohort }) => ({ name, cohort: judgeSeries(cohort) }));
  output.say(judged.map(({ name, cohort }) => gateVerdictsText(name, cohort).join('\n')).join('\n\n'));
  output.answer({ file, cohorts: judged.map(({ name, cohort }) => gateVerdictsJson(name, cohort)) });
  return EXIT.fine;
}
