/** The files that name language models: `contestants/llm/*.json` and those of `contestants/local/llm`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelFile, type NamedModel, parseModelFile, parseNamedModel } from '../app/parse-model-file.js';
import type { RosterMarket } from '../core/arena/parse-roster.js';
import type { Kinds } from '../core/strategies/catalog.js';
import { readRosterFile } from './read-roster-files.js';

interface Defaults {
  readonly provider: string;
  readonly model: string;
}

/** All of them as contestants on this market, in the order of their names; none where there is no such folder. */
export function readModelFiles(
  folder: string,
  market: RosterMarket,
  kinds: Kinds,
  defaults: Defaults,
): ModelFile[] {
  return modelFilesIn(folder).map((file) =>
    parseModelFile(readRosterFile(file), file, market, kinds, defaults),
  );
}

/** Every model that a file names, whatever the market; each file once. */
export function readNamedModels(
  folder: string,
  defaults: Defaults,
): (NamedModel & { readonly file: string })[] {
  return modelFilesIn(folder).map((file) => ({
    ...parseNamedModel(readRosterFile(file), file, defaults),
    file,
  }));
}

function modelFilesIn(folder: string): string[] {
  return [join(folder, 'llm'), join(folder, 'local', 'llm')].flatMap((dir) =>
    existsSync(dir)
      ? readdirSync(dir)
          .filter((name) => name.endsWith('.json'))
          .sort()
          .map((name) => join(dir, name))
      : [],
  );
}
