import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RosterEntry, type RosterMarket, parseRoster } from '../core/arena/parse-roster.js';
import type { Kinds } from '../core/strategies/catalog.js';
import { Problem } from '../core/domain/problem.js';
import { parseJsonFile } from './parse-json-file.js';
import { withModelsOfThisMachine } from './models-of-this-machine.js';

/** A contestant file larger than this is a mistake, not a roster. */
const MAX_ROSTER_BYTES = 5_000_000;

/**
 * All contestants of a folder: its `*.json` and those of its `local/`, in the order of their names. They go with many markets:
 * those that this one has too few symbols for are among them.
 */
export function readRosterFiles(folder: string, market: RosterMarket, kinds: Kinds): RosterEntry[] {
  if (!existsSync(folder))
    throw new Problem('input', `${folder}: there is no such folder of contestants`, {
      hint: 'name one with --contestants DIR; the product comes with contestants/',
    });
  const files = [folder, join(folder, 'local')]
    .filter((dir) => existsSync(dir) && statSync(dir).isDirectory())
    .flatMap((dir) =>
      readdirSync(dir)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(dir, name)),
    );
  if (files.length === 0)
    throw new Problem('input', `${folder}: no contestant files (*.json) in it`, {
      hint: 'see contestants/default-roster.json for an example',
    });
  return files.flatMap((file) => parseRoster(readRosterFile(file), file, market, kinds, 'keep'));
}

export function readRosterFile(file: string): unknown {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new Problem('input', `${file}: there is no such contestant file`, { hint: 'check the path' });
  if (statSync(file).size > MAX_ROSTER_BYTES)
    throw new Problem('input', `${file}: larger than ${String(MAX_ROSTER_BYTES)} bytes`, {
      hint: 'a contestant file names kinds and parameters; use "grid" for many of them',
    });
  return withModelsOfThisMachine(parseJsonFile(readFileSync(file, 'utf8'), file), process.env);
}
