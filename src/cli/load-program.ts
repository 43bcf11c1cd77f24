import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/** `program.ts`, bundled, in ASCII. */
interface Program {
  start(args: readonly string[]): Promise<void>;
}

export interface LoadedProgram extends Program {
  /** Of what has run so far: what `compiled` is next time. */
  compile(): Buffer;
  /** Whether this Node could use what was compiled before. */
  readonly wasCompiled: boolean;
}

/**
 * Loads a program of one file. `compiled` is what V8 made of the same file before: then nothing has to be compiled before
 * the first line runs, which is a third of the time that a short command takes. V8 itself refuses what another version or
 * other flags left, but looks at the length of the file alone: the caller sees to it that the content is the same. Code
 * that comes out of it has forgotten how to import modules by itself (seen with Node 20), and is given a function for it.
 */
export function loadProgram(file: string, compiled: Buffer | undefined): LoadedProgram {
  const head = '(function (exports, require, module, __filename, importModule) {';
  const script = new Script(`${head}${readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    columnOffset: -head.length,
    cachedData: compiled,
  });
  const module: { exports: Partial<Program> } = { exports: {} };
  const run = script.runInThisContext() as (...args: readonly unknown[]) => void;
  run(module.exports, createRequire(file), module, file, importModule);
  const { start } = module.exports;
  if (start === undefined) throw new Error(`${file} is not the program`);
  return {
    start,
    compile: () => script.createCachedData(),
    wasCompiled: script.cachedDataRejected === false,
  };
}

/** An ES module: of a package by its name, of a file by its URL. */
function importModule(specifier: string): Promise<unknown> {
  return import(specifier);
}
