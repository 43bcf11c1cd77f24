import { Problem } from '../../core/domain/problem.js';
import { LOOKS } from '../../core/promotion/gate-rules.js';
import { promotedByLook, recordOf } from '../../core/promotion/simulate-gate.js';
import { gatePowerJson, gatePowerText } from '../../reporting/gate-power.js';
import { EXIT } from '../exit-codes.js';
import { type GateFlags, arenasOf, gateModel, threadsOf } from '../gate-flags.js';
import { createOutput } from '../output.js';
import { startCount } from '../progress.js';
import { simulateInThreads } from '../simulate-in-threads.js';

/** `gate power`: the chance that skill has been proven by each look. */
export async function gatePowerCommand(flags: GateFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const days = flags.looks === 'season-30' ? lastDay('season-30') : lastDay('year');
  const model = gateModel(flags, days, () => 1);
  if (!(model.sharpe > 0))
    throw new Problem('usage', `--sharpe ${flags.sharpe}: there is no skill to be proven`, {
      hint: 'give a Sharpe above 0; `gate simulate --sharpe 0` says how often luck passes',
    });
  const arenas = arenasOf(flags);
  const progress = startCount(arenas, output.json, 'arenas');
  try {
    const tally = await simulateInThreads(model, arenas, threadsOf(flags), (played) => {
      progress.update(played);
    });
    progress.stop();
    const power = {
      model,
      arenas,
      byLook: promotedByLook(tally, model),
      unskilled: recordOf(tally, 'gate', model).anyUnskilled,
    };
    output.say(gatePowerText(power).join('\n'));
    output.answer(gatePowerJson(power, flags.looks));
    return EXIT.fine;
  } finally {
    progress.stop();
  }
}

function lastDay(plan: keyof typeof LOOKS): number {
  return Math.max(...LOOKS[plan].map(({ hours }) => hours)) / 24;
}
