/** Scripts whose exchange is the one of the tests, which nobody needs who uses the product: they run from the sources. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Problem } from '../core/domain/problem.js';
import { compiledFile } from './compiled.js';
import { EXIT } from './exit-codes.js';

/** Runs `scripts/<name>.ts` until it ends or this process is told to stop; `what` names it to people. Returns its exit code. */
export async function runFromSources(
  name: string,
  what: string,
  options: readonly string[],
): Promise<number> {
  const script = fileURLToPath(compiledFile(`../scripts/${name}.ts`));
  const loader = existsSync(script) ? loaderOfSources() : undefined;
  if (loader === undefined)
    throw new Problem('input', `${what} needs the sources of the program and its development packages`, {
      hint: 'run it in a clone of the repository, after: npm install',
    });
  const child = spawn(process.execPath, ['--import', loader, script, ...options], {
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
    return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  } catch {
    return undefined;
  }
}
