import { recordOf } from '../../core/promotion/simulate-gate.js';
import { gateProofText } from '../../reporting/gate-proof-text.js';
import { gateProofJson } from '../../reporting/gate-proof-json.js';
import { EXIT } from '../exit-codes.js';
import { type GateFlags, arenasOf, gateModel, threadsOf } from '../gate-flags.js';
import { createOutput } from '../output.js';
import { wholeBetween } from '../parse-number.js';
import { startCount } from '../progress.js';
import { simulateInThreads } from '../simulate-in-threads.js';

/** `gate simulate`: how often this gate and the naive rule promote contestants whose true skill is known. */
export async function gateSimulateCommand(
  flags: GateFlags & { readonly days: string; readonly allSkilled?: boolean },
): Promise<number> {
  const output = createOutput(flags.json === true);
  const days = wholeBetween(flags.days, '--days', 1, 365, 'days of simulated trading');
  // Without skill all are alike, so all of them are counted.
  const model = gateModel(flags, days, (contestants, sharpe) =>
    flags.allSkilled === true || sharpe === 0 ? contestants : 1,
  );
  const arenas = arenasOf(flags);
  const progress = startCount(arenas, output.json, 'arenas');
  try {
    const tally = await simulateInThreads(model, arenas, threadsOf(flags), (played) => {
      progress.update(played);
    });
    progress.stop();
    const proof = {
      model,
      arenas,
      gate: recordOf(tally, 'gate', model),
      naive: recordOf(tally, 'naive', model),
    };
    output.say(gateProofText(proof).join('\n'));
    output.answer(gateProofJson(proof, flags.looks));
    return EXIT.fine;
  } finally {
    progress.stop();
  }
}
