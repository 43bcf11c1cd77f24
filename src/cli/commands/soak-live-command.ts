import { wholeBetween } from '../parse-number.js';
import { runFromSources } from '../run-from-sources.js';

interface SoakLiveFlags {
  readonly days: string;
  readonly seed: string;
  readonly symbols: string;
  readonly contestants: string;
  readonly instrument: string;
  readonly numbers?: boolean;
  readonly json?: boolean;
}

export function soakLiveCommand(flags: SoakLiveFlags): Promise<number> {
  const counts = {
    days: wholeBetween(flags.days, '--days', 1, 365),
    seed: wholeBetween(flags.seed, '--seed', 0, 1_000_000),
    symbols: wholeBetween(flags.symbols, '--symbols', 2, 10),
    contestants: wholeBetween(flags.contestants, '--contestants', 1, 1_000),
  };
  return runFromSources('soak-live', 'soak live', [
    ...Object.entries(counts).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--instrument',
    flags.instrument,
    ...(flags.numbers === true ? ['--numbers'] : []),
    ...(flags.json === true ? ['--json'] : []),
  ]);
}
