import { wholeBetween } from '../parse-number.js';
import { runFromSources } from '../run-from-sources.js';

interface SoakMemoryFlags {
  readonly days: string;
  readonly hourMs: string;
  readonly instrument: string;
  readonly json?: boolean;
}

export function soakMemoryCommand(flags: SoakMemoryFlags): Promise<number> {
  const counts = {
    days: wholeBetween(flags.days, '--days', 6, 90),
    'hour-ms': wholeBetween(flags.hourMs, '--hour-ms', 200, 60_000),
  };
  return runFromSources('soak-memory', 'soak memory', [
    ...Object.entries(counts).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--instrument',
    flags.instrument,
    ...(flags.json === true ? ['--json'] : []),
  ]);
}
