import { resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { type Check, FOLLOWS } from '../../app/check.js';
import { verifyArena } from '../../app/verify-arena.js';
import { Problem } from '../../core/domain/problem.js';
import { timeframeMs } from '../../core/domain/time.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { recordedReplies } from '../recorded-replies.js';
import { createOutput } from '../output.js';
import { journalOf, folderProjections, marketSource, probeLock, sha256 } from '../wire.js';
import { newestRound } from '../../app/round-at.js';

/** `arena verify`: 0 all checks hold, 1 only a derived file differs, 3 the journal or the books are wrong. */
export async function verifyCommand(flags: ArenaFlags & { readonly replay?: boolean }): Promise<number> {
  const output = createOutput(flags.json === true);
  const checks = await arenaChecks(configFor(flags).values, flags.replay === true);
  for (const check of checks) output.say(`${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}: ${check.detail}`);
  const failed = checks.filter((check) => !check.ok);
  output.answer({ ok: failed.length === 0, checks });
  if (failed.length === 0) return EXIT.fine;
  return failed.every((check) => check.name.endsWith(FOLLOWS)) ? EXIT.degraded : EXIT.damaged;
}

/** The checks of the arena's folder. */
export async function arenaChecks(values: ArenaConfig, replay: boolean): Promise<Check[]> {
  const folder = resolve(values.state.folder);
  const kinds = await loadKinds(values.contestants.folder);
  const store = journalOf(folder, true);
  try {
    const commit = store.lastCommit();
    const saved = store.meta('settings');
    if (commit === undefined || saved === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const settings = parseSettings(saved, folder);
    const source = marketSource(settings.market);
    const last = newestRound(store);
    const endMs = last === undefined ? undefined : last.barMs + timeframeMs(settings.market.timeframe);
    return verifyArena({
      store,
      settings,
      kinds,
      market: source.load(endMs),
      projections: folderProjections(folder),
      label: { generated: source.generated, text: source.label },
      hash: sha256,
      replay,
      findReply: recordedReplies(values),
      running: probeLock(folder).locked,
    });
  } finally {
    store.close();
  }
}
