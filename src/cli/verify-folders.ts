/** The worlds of verification: each folder is opened for reading, whether or not its program runs. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseSettings } from '../app/arena-settings.js';
import type { Check } from '../app/check.js';
import { openDeployer } from '../app/deployer-journal.js';
import { parsePaperSettings } from '../app/paper-settings.js';
import { readContestantRow } from '../app/stored-contestants.js';
import { verifyDeployments } from '../app/verify-deployments.js';
import { verifyPaper } from '../app/verify-paper.js';
import type { Champion } from '../core/deployment/champion.js';
import { Problem } from '../core/domain/problem.js';
import { timeframeMs } from '../core/domain/time.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { ArenaConfig } from './config/schema.js';
import { championRequestId } from './file-with-arena.js';
import { loadKinds } from './load-kinds.js';
import { recordedReplies } from './recorded-replies.js';
import { folderProjections, journalOf, marketSource, probeLock, sha256 } from './wire.js';
import { newestRound } from '../app/round-at.js';

/** The checks of the paper account; a Problem `not-running` where there is none. */
export async function paperChecks(values: ArenaConfig, replay: boolean): Promise<Check[]> {
  const folder = resolve(values.paper.folder);
  const arenaFolder = resolve(values.state.folder);
  const kinds = await loadKinds(values.contestants.folder);
  return reading(folder, (store) => {
    const saved = store.meta('settings');
    if (store.lastCommit() === undefined || saved === undefined)
      throw new Problem('not-running', `${folder}: there is no paper account yet`, { hint: 'npm run paper' });
    const settings = parsePaperSettings(saved, folder, arenaFolder);
    const { market } = settings;
    const source = marketSource(market);
    const endMs = (newestRound(store)?.barMs ?? settings.firstBarMs) + timeframeMs(market.timeframe);
    return ifThere(arenaFolder, (arena) =>
      ifThere(resolve(values.deployments.folder), (deployer) => {
        const crowned = arena === undefined ? [] : crownings(arena);
        return verifyPaper({
          store,
          settings,
          kinds,
          market: source.load(source.endless ? endMs : undefined),
          hash: sha256,
          findReply: recordedReplies(values),
          projections: folderProjections(folder),
          replay,
          running: probeLock(folder).locked,
          champions: knownChampions(arena, deployer),
          memoryOf: (id, generation, barMs) =>
            crowned.findLast((one) => one.id === id && one.generation === generation && one.barMs <= barMs)
              ?.memory,
        });
      }),
    );
  });
}

/** The checks of the deployer's folder; a Problem `not-running` where there is none. */
export function deploymentChecks(values: ArenaConfig): Check[] {
  const folder = resolve(values.deployments.folder);
  const arenaFolder = resolve(values.state.folder);
  return reading(folder, (store) =>
    ifThere(arenaFolder, (arena) =>
      ifThere(resolve(values.paper.folder), (paper) => {
        const settings = arena?.meta('settings');
        return verifyDeployments({
          store,
          folder,
          hash: sha256,
          projections: folderProjections(folder),
          running: probeLock(folder).locked,
          arena,
          paper,
          barMs:
            settings === undefined ? NaN : timeframeMs(parseSettings(settings, arenaFolder).market.timeframe),
          arenaRequestOf: championRequestId,
        });
      }),
    ),
  );
}

/** A program that commits while its journal is read makes numbers of two moments: then it is read again. */
const READINGS = 5;

function reading(folder: string, use: (store: ArenaStore) => Check[]): Check[] {
  const store = journalOf(folder, true);
  try {
    for (let reading = 1; ; reading++) {
      const seq = store.lastCommit()?.seq;
      const checks = use(store);
      const still = checks.every((check) => check.ok) || store.lastCommit()?.seq === seq;
      if (still || reading === READINGS) return checks;
    }
  } finally {
    store.close();
  }
}

/** The same for a folder that may hold no journal yet. */
function ifThere<T>(folder: string, use: (store: ArenaStore | undefined) => T): T {
  let store: ArenaStore;
  try {
    store = journalOf(folder, true);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not-running') return use(undefined);
    throw error;
  }
  try {
    return use(store);
  } finally {
    store.close();
  }
}

const crownedSchema = z.looseObject({
  event: z.literal('champion'),
  id: z.string(),
  generation: z.int(),
  barMs: z.number(),
  memory: z.unknown(),
});

/** Who was crowned in the arena, with what it remembered, oldest first. */
function crownings(arena: ArenaStore): z.infer<typeof crownedSchema>[] {
  if (arena.lastCommit() === undefined) return [];
  return [...arena.rounds(1)].flatMap((round) =>
    round.events
      .filter((line) => line.includes('"event":"champion"'))
      .map((line) => crownedSchema.parse(JSON.parse(line))),
  );
}

/** Everybody whose manifest the arena's registry or the deployer's state has; hand-overs name only the id. */
function knownChampions(
  arena: ArenaStore | undefined,
  deployer: ArenaStore | undefined,
): ReadonlyMap<string, Champion> {
  const known = new Map<string, Champion>();
  for (const row of arena?.contestants() ?? []) {
    const { id, name, manifest } = readContestantRow(row);
    known.set(id, { id, name, manifest, source: 'by-hand' });
  }
  if (deployer === undefined) return known;
  const { champion, previous, fed } = openDeployer(deployer, 'the deployments').state;
  const entered = fed.map(({ training: _training, ...one }) => one);
  for (const one of [...previous.map((entry) => entry.champion), ...entered, ...(champion ? [champion] : [])])
    known.set(one.id, one);
  return known;
}
