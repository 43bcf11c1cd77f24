import { join, resolve } from 'node:path';
import { parseSettings } from '../app/arena-settings.js';
import { followArena } from '../app/follow-arena.js';
import type { DeployerWorld } from '../app/run-deployer.js';
import { validateChampion } from '../app/validate-champion.js';
import { offersOf } from '../core/deployment/candidate-file.js';
import type { DeployPolicy } from '../core/deployment/deployer-state.js';
import { timeframeMs } from '../core/domain/time.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import {
  type PaperTraderReport,
  deploymentLogJson,
  deploymentStateJson,
  logEntries,
} from '../reporting/deployment-files.js';
import type { ArenaConfig } from './config/schema.js';
import { championRequestId, fileWithArena } from './file-with-arena.js';
import { planForChampion } from './plan-for-champion.js';
import { fieldOf, probationOf, readBoard, readCandidates, readPaperReport } from './read-arena-files.js';
import { sayOnce } from './say-once.js';
import {
  folderProjections,
  inboxOf,
  journalOf,
  journalStamp,
  marketSource,
  sha256,
  trialSource,
} from './wire.js';

/** The deployer's world: its own folder, and what the arena and the paper trader publish. */
export function deployerWorld(
  values: ArenaConfig,
  policy: DeployPolicy,
  kinds: Kinds,
  store: ArenaStore,
  { dryRun, study }: { readonly dryRun: boolean; readonly study: string | undefined },
  say: (text: string) => void,
  paperTrader: () => PaperTraderReport | null,
): DeployerWorld {
  const folder = resolve(values.deployments.folder);
  const arenaFolder = resolve(values.state.folder);
  const paperFolder = resolve(values.paper.folder);
  const arena = followArena(
    () => journalOf(arenaFolder, true),
    () => journalStamp(arenaFolder),
  );
  const projections = folderProjections(folder);
  const settings = (): ReturnType<typeof parseSettings> => parseSettings(arena.settings() ?? '', arenaFolder);
  const barMs = (): number => timeframeMs(settings().market.timeframe);
  const write = (name: string, text: string): void => {
    if (projections.read(name) !== text) projections.write(name, text);
  };
  const log = logEntries(store.lastCommit() === undefined ? [] : store.rounds(1));
  return {
    store,
    inbox: inboxOf(folder),
    trials: trialSource(join(folder, 'trials'), values.trials.sources, study),
    kinds,
    hash: sha256,
    policy,
    dryRun,
    clock: () => arena.clock(),
    market() {
      const text = arena.settings();
      if (text === undefined) return undefined;
      const { market } = parseSettings(text, arenaFolder);
      return { symbols: market.symbols, timeframe: market.timeframe, instrument: arena.instrument() };
    },
    paper: () => (arena.settings() === undefined ? undefined : readPaperReport(paperFolder, barMs())),
    field: () => fieldOf(readBoard(arenaFolder)),
    probation: () => probationOf(readBoard(arenaFolder)),
    offers() {
      const file = readCandidates(arenaFolder);
      return file === undefined ? [] : offersOf(file, sha256);
    },
    planCostUsd: (champion) =>
      planForChampion(champion.manifest, kinds, paperFolder, settings().costs)?.cost_usd ?? null,
    validate(champion) {
      const { market, costs, limits, cashUsd } = settings();
      const clockMs = arena.clock();
      const endMs = Number.isNaN(clockMs) ? market.fromMs : clockMs + timeframeMs(market.timeframe);
      const table = marketSource(market).load(endMs);
      return validateChampion(champion, { table, costs, limits, cashUsd }, kinds, sha256);
    },
    publish(state) {
      const report = arena.settings() === undefined ? undefined : readPaperReport(paperFolder, barMs());
      const hybrid = policy.feed > 0;
      // The arena hears first: the paper trader waits for what it makes of it.
      if (hybrid) fileWithArena(state, arena, arenaFolder);
      const request = hybrid ? championRequestId(state) : undefined;
      write('deployment_log.json', deploymentLogJson(log));
      write(
        'deployment_state.json',
        deploymentStateJson(state, report, request, arena.clock(), paperTrader()),
      );
    },
    committed(round: StoredRound) {
      log.push(...logEntries([round]));
    },
    told: sayOnce(say),
  };
}
