import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Problem } from '../../core/domain/problem.js';
import { compiledFile } from '../compiled.js';
import { EXIT } from '../exit-codes.js';
import { wholeBetween } from '../parse-number.js';

interface SoakLiveFlags {
  readonly days: string;
  readonly seed: string;
  readonly symbols: string;
  readonly contestants: string;
  readonly instrument: string;
  readonly numbers?: boolean;
  readonly json?: boolean;
}

/**
 * `soak live`: its exchange is the one of the tests, which nobody needs who uses the product, so that it runs from the sources.
 */
export async function soakLiveCommand(flags: SoakLiveFlags): Promise<number> {
  const counts = {
    days: wholeBetween(flags.days, '--days', 1, 365),
    seed: wholeBetween(flags.seed, '--seed', 0, 1_000_000),
    symbols: wholeBetween(flags.symbols, '--symbols', 2, 10),
    contestants: wholeBetween(flags.contestants, '--contestants', 1, 1_000),
  };
  const script = fileURLToPath(compiledFile('../scripts/soak-live.ts'));
  const loader = existsSync(script) ? loaderOfSources() : undefined;
  if (loader === undefined)
    throw new Problem('input', 'soak live needs the sources of the program and its development packages', {
      hint: 'run it in a clone of the repository, after: npm install',
    });
  const options = [
    ...Object.entries(counts).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--instrument',
    flags.instrument,
    ...(flags.numbers === true ? ['--numbers'] : []),
    ...(flags.json === true ? ['--json'] : []),
  ];
  const child = spawn(process.execPath, ['--expose-gc', '--import', loader, script, ...options], {
    stdio: 'inherit',
  });
  const stop = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => {
        resolve(code ?? EXIT.degraded);
      });
    });
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  }
}

function loaderOfSources(): string | undefined {
  try {
    return import.meta.resolve('tsx');
  } catch {
    return undefined;
  }
}
