import type { ArenaSettings } from '../../src/app/arena-settings.js';
import { dumpJournal } from '../../src/app/dump-journal.js';
import { rosterMarket } from '../../src/app/handle-requests.js';
import { beginArena, registerNew } from '../../src/app/open-arena-state.js';
import { runArena } from '../../src/app/run-arena.js';
import { settingsText } from '../../src/app/arena-settings.js';
import { inboxOf, journalOf, sha256 } from '../../src/cli/wire.js';
import { NO_PRUNING } from '../../src/core/arena/pruning.js';
import { parseRoster } from '../../src/core/arena/parse-roster.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { createKinds } from '../../src/core/strategies/catalog.js';

/** The journal of an arena with the same settings and contestants that has all bars from the start. */
export async function playTable(
  table: MarketTable,
  settings: ArenaSettings,
  roster: readonly unknown[],
  folder: string,
): Promise<readonly string[]> {
  const kinds = createKinds();
  const store = journalOf(folder);
  try {
    const arena = beginArena(table, settings, sha256);
    store.setMeta('settings', settingsText(settings));
    const contestants = parseRoster(roster, 'soak', rosterMarket(arena), kinds);
    const nothing = (): void => undefined;
    await runArena(
      arena,
      {
        store,
        inbox: inboxOf(folder),
        kinds,
        pruning: NO_PRUNING,
        nowMs: () => performance.now(),
        sleep: () => Promise.resolve(),
        stopRequested: () => false,
        project: nothing,
        progress: nothing,
        requestHandled: nothing,
      },
      { groupRounds: 50, groupMs: 1000, projectionMs: Infinity },
      registerNew(arena, contestants, store),
    );
    return [...dumpJournal(store)];
  } finally {
    store.close();
  }
}
