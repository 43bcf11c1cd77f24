import { canonicalJson } from '../core/domain/canonical-json.js';
import { ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import type { ArenaStore } from '../ports/arena-store.js';

/**
 * The canonical journal, line by line: what "the same bytes" means. Settings without their place on disk,
 * then every round with its events, decisions, fills and marks. No wall time, no paths, no commit groups.
 */
export function* dumpJournal(store: ArenaStore): Generator<string> {
  const settings = JSON.parse(store.meta('settings') ?? '{}') as Record<string, unknown>;
  const market = settings['market'] as Record<string, unknown> | undefined;
  yield canonicalJson({ settings: { ...settings, market: { ...market, folder: undefined } } });
  const last = store.lastCommit()?.seq ?? 0;
  for (const round of store.rounds(1)) {
    if (round.seq > last) return;
    yield canonicalJson({ round: round.seq, bar: round.barMs, market: round.marketDigest, hash: round.hash });
    yield* round.events;
    yield* round.decisions;
    for (let i = 0; i < ledgerCount(round.fills); i++)
      yield canonicalJson({ fill: readLedgerEntry(round.fills, i) });
    yield canonicalJson({ marks: [...round.marks].map((value) => (Number.isNaN(value) ? null : value)) });
  }
}
