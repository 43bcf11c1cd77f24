import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseSettings } from '../app/arena-settings.js';
import { followArena } from '../app/follow-arena.js';
import type { KnownDeployments, TrialCourt } from '../app/judge-trials.js';
import type { RosterMarket } from '../core/arena/parse-roster.js';
import { Problem } from '../core/domain/problem.js';
import type { TrialReading } from '../ports/trial-source.js';
import type { ArenaConfig } from './config/schema.js';
import { loadKinds } from './load-kinds.js';
import { journalOf, sha256 } from './wire.js';

/** Everything that judges trials, from the settings' folders; `say` hears what is not available and why. */
export async function trialCourt(
  values: ArenaConfig,
  reading: TrialReading,
  say: (text: string) => void,
): Promise<TrialCourt> {
  // Formulas take a quarter of a second to load.
  const withFormulas = reading.trials.some(
    ({ contestant }) => (contestant as { kind?: unknown }).kind === 'formula',
  );
  return {
    market: arenaMarket(resolve(values.state.folder), say),
    kinds: await loadKinds(values.contestants.folder, withFormulas),
    hash: sha256,
    deployments: knownDeployments(resolve(values.deployments.folder), say),
  };
}

/** What the arena trades; undefined where there is none to ask. */
function arenaMarket(folder: string, say: (text: string) => void): RosterMarket | undefined {
  const missing = (why: string): void => {
    say(`${why}: symbols, bar length and shorts are not checked (n/a)`);
  };
  try {
    const arena = followArena(() => journalOf(folder, true));
    const text = arena.settings();
    if (text === undefined) {
      missing(`no arena in ${folder} yet`);
      return undefined;
    }
    const { market } = parseSettings(text, folder);
    return { symbols: market.symbols, timeframe: market.timeframe, instrument: arena.instrument() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    missing(error.message);
    return undefined;
  }
}

const idSchema = z.looseObject({ id: z.string() });
const deploymentSchema = z.looseObject({
  champion: idSchema.nullish(),
  previous: z.array(idSchema).default([]),
  fed_to_arena: z.array(idSchema).default([]),
  rejected: z.record(z.string(), z.string()).default({}),
});

function knownDeployments(folder: string, say: (text: string) => void): KnownDeployments | undefined {
  const path = join(folder, 'deployment_state.json');
  if (!existsSync(path)) return undefined;
  try {
    const state = deploymentSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return {
      champion: state.champion?.id,
      previous: state.previous.map(({ id }) => id),
      fed: state.fed_to_arena.map(({ id }) => id),
      rejected: state.rejected,
    };
  } catch {
    say(`${path} cannot be read: what became of the trials is n/a`);
    return undefined;
  }
}
