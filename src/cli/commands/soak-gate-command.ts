import { setImmediate as turn } from 'node:timers/promises';
import { MOST_SOAK_ARENAS, soakArena } from '../../app/soak-gate.js';
import { type GateSoak, NO_SOAK, type SoakTally, soakRecord } from '../../core/promotion/gate-soak.js';
import { gateSoakJson, gateSoakText } from '../../reporting/gate-soak.js';
import { EXIT } from '../exit-codes.js';
import { lookPlan, rulesUntil } from '../gate-flags.js';
import { createOutput } from '../output.js';
import { wholeBetween } from '../parse-number.js';
import { startCount } from '../progress.js';
import { sha256 } from '../wire.js';

const MOST_CONTESTANTS = 1000;
const MOST_SEED = 1_000_000;

interface SoakFlags {
  readonly arenas: string;
  readonly contestants: string;
  readonly days: string;
  readonly free?: boolean;
  readonly looks: string;
  readonly alpha: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** `soak gate`: false promotions of the real arena, counted. */
export async function soakGateCommand(flags: SoakFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const days = wholeBetween(flags.days, '--days', 1, 365, 'days of trading in each arena');
  const soak: GateSoak = {
    contestants: wholeBetween(flags.contestants, '--contestants', 1, MOST_CONTESTANTS),
    days,
    free: flags.free === true,
    looks: lookPlan(flags.looks),
    alpha: rulesUntil(flags, days).alpha,
    seed: wholeBetween(flags.seed, '--seed', 0, MOST_SEED),
  };
  const arenas = wholeBetween(flags.arenas, '--arenas', 1, MOST_SOAK_ARENAS, 'each is a whole arena');
  const progress = startCount(arenas, output.json, 'arenas');
  let tally: SoakTally = NO_SOAK;
  try {
    for (let number = 0; number < arenas; number++) {
      tally = soakArena(soak, number, tally, sha256);
      progress.update(number + 1);
      // The bar is drawn, and a signal heard, between two arenas.
      await turn();
    }
  } finally {
    progress.stop();
  }
  const record = soakRecord(tally, soak);
  output.say(gateSoakText(soak, tally, record).join('\n'));
  output.answer(gateSoakJson(soak, tally, record));
  return record.promoted !== undefined && record.promoted.low > record.budget ? EXIT.degraded : EXIT.fine;
}
