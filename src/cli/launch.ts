import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadProgram } from './load-program.js';

/** Name of the bundled program, which says its content; put here by the build. */
declare const PROGRAM: string;

/** Starts the program beside this file, with what V8 made of it when it was built. */
export async function launch(args: readonly string[]): Promise<void> {
  const file = fileURLToPath(new URL(`${PROGRAM}.cjs`, import.meta.url));
  await loadProgram(file, readIfThere(fileURLToPath(new URL(`${PROGRAM}.compiled`, import.meta.url)))).start(
    args,
  );
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    // It only saves time.
    return undefined;
  }
}
