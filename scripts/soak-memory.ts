/**
 * `npm run soak -- memory`, which starts this with the flags checked: a live arena in a process of its own on an exchange of this
 * machine, and what the system sees of its memory day by day. Ends with 1 when it grows by more than it may.
 *   node --import tsx scripts/soak-memory.ts --days 30 --hour-ms 500 --instrument perpetual [--json]
 */
import { parseArgs } from 'node:util';
import { EXIT } from '../src/cli/exit-codes.js';
import { createOutput } from '../src/cli/output.js';
import { wholeBetween } from '../src/cli/parse-number.js';
import { startCount } from '../src/cli/progress.js';
import { memoryOfArena } from './soak-memory/memory-of-arena.js';
import { GROWTH_FLOOR, growthOf, memoryText } from './soak-memory/memory-text.js';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    'hour-ms': { type: 'string', default: '500' },
    instrument: { type: 'string', default: 'perpetual' },
    json: { type: 'boolean', default: false },
  },
});
const settings = {
  days: wholeBetween(values.days, '--days', 6, 90),
  hourMs: wholeBetween(values['hour-ms'], '--hour-ms', 200, 60_000),
  instrument: values.instrument === 'spot' ? ('spot' as const) : ('perpetual' as const),
};
const output = createOutput(values.json);
const progress = startCount(settings.days, values.json, 'days');
const days = await memoryOfArena(settings, (day) => {
  progress.update(day);
});
progress.stop();
output.say(memoryText(settings, days).join('\n'));
const growthFraction = growthOf(days);
output.answer({ ...settings, days, growthFraction });
process.exitCode = growthFraction <= GROWTH_FLOOR ? EXIT.fine : EXIT.degraded;
