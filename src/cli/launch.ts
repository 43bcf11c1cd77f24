import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProgram } from './load-program.js';

/** Name of the bundled program, which says its content; put here by the build. */
declare const PROGRAM: string;

/** Starts the program beside this file, with what V8 made of it when it was built. */
export async function launch(args: readonly string[]): Promise<void> {
  const file = join(__dirname, PROGRAM);
  await loadProgram(`${file}.cjs`, readIfThere(`${file}.compiled`)).start(args);
  // All is done and said. Node itself would wait for what V8 still compiles in the background, for nobody.
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    // It only saves time.
    return undefined;
  }
}
