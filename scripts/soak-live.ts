/**
 * `npm run soak -- live`, which starts this with the flags checked: a live arena through days of faults on an exchange of this
 * machine. Prints what happened and ends with 1 when anything differs from what the faults must make.
 *   node --import tsx scripts/soak-live.ts --days 14 --seed 7 --symbols 3 --contestants 20 --instrument perpetual [--numbers] [--json]
 */
import { parseArgs } from 'node:util';
import { EXIT } from '../src/cli/exit-codes.js';
import { createOutput } from '../src/cli/output.js';
import { wholeBetween } from '../src/cli/parse-number.js';
import { startCount } from '../src/cli/progress.js';
import { runSoak } from './soak-live/run-soak.js';
import { type CalmLife, measureCalmDay } from './soak-live/soak-numbers.js';
import type { SoakSettings } from './soak-live/soak-plan.js';
import { soakFailures, soakText } from './soak-live/soak-text.js';

const LIVES = 3;
const FEW = 10;
const MANY = 1_000;
const MANY_SYMBOLS = 10;

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '14' },
    seed: { type: 'string', default: '7' },
    symbols: { type: 'string', default: '3' },
    contestants: { type: 'string', default: '20' },
    instrument: { type: 'string', default: 'perpetual' },
    numbers: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const settings: SoakSettings = {
  instrument: values.instrument === 'spot' ? 'spot' : 'perpetual',
  days: wholeBetween(values.days, '--days', 1, 365),
  seed: wholeBetween(values.seed, '--seed', 0, 1_000_000),
  symbols: wholeBetween(values.symbols, '--symbols', 2, 10),
  contestants: wholeBetween(values.contestants, '--contestants', 1, 1_000),
};
const output = createOutput(values.json);
const slots = settings.days * 24;
const progress = startCount(LIVES * slots, values.json, 'hours');
let lives = 0;
const result = await runSoak(settings, {
  life: () => {
    lives++;
  },
  slots: (settled) => {
    progress.update((lives - 1) * slots + settled);
  },
  ended: () => {
    progress.stop();
  },
});
const numbers: CalmLife[] = [];
if (values.numbers)
  for (const contestants of [FEW, MANY])
    numbers.push(await measureCalmDay(settings.seed, MANY_SYMBOLS, contestants));
output.say(soakText(settings, result, numbers).join('\n'));
const failures = soakFailures(result);
output.answer({
  ...settings,
  ...Object.fromEntries(
    (['calm', 'delayed', 'damaged'] as const).map((name) => {
      const { played, requests, faults, differences } = result[name];
      const { rounds, fills, fundingPaid, killed } = played;
      const [missed, corrections] = [played.missed.length, played.corrections.length];
      const lateRates = played.lateFunding.length;
      return [
        name,
        { rounds, fills, fundingPaid, requests, missed, corrections, lateRates, killed, faults, differences },
      ];
    }),
  ),
  events: result.events,
  openHandles: result.openHandles,
  numbers,
});
process.exitCode = failures.length === 0 ? EXIT.fine : EXIT.degraded;
