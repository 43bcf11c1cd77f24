import { resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { boardOfArena } from '../../app/board-of-arena.js';
import { explainContestant } from '../../app/explain-contestant.js';
import { resumeArena } from '../../app/open-arena-state.js';
import { readContestantRow } from '../../app/stored-contestants.js';
import type { Board } from '../../core/arena/board.js';
import type { Contestant } from '../../core/arena/contestant.js';
import { Problem } from '../../core/domain/problem.js';
import { timeframeMs } from '../../core/domain/time.js';
import { type Readiness, explainText } from '../../reporting/explain-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { findOneContestant } from '../find-one-contestant.js';
import { loadKinds } from '../load-kinds.js';
import { recordedReplies } from '../recorded-replies.js';
import { createOutput } from '../output.js';
import { parseFrom } from '../parse-date.js';
import { journalOf, marketSource, sha256 } from '../wire.js';
import { newestRound } from '../../app/round-at.js';

/** `arena explain`: plays one contestant again up to a bar and tells what it saw and why it did what it did. */
export async function explainCommand(
  text: string,
  flags: ArenaFlags & { readonly at?: string },
): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.state.folder);
  const store = journalOf(folder, true);
  try {
    const commit = store.lastCommit();
    const saved = store.meta('settings');
    if (commit === undefined || saved === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const contestant = findOneContestant(store.contestants().map(readContestantRow), text, folder);
    const atMs = flags.at === undefined ? undefined : parseFrom(flags.at, '--at');
    const settings = parseSettings(saved, folder);
    const kinds = await loadKinds(values.contestants.folder);
    const last = newestRound(store);
    const endMs = last === undefined ? undefined : last.barMs + timeframeMs(settings.market.timeframe);
    const market = marketSource(settings.market).load(endMs);
    const explanation = explainContestant(
      { store, settings, kinds, market, hash: sha256, findReply: recordedReplies(values) },
      contestant,
      atMs,
    );
    const arena = resumeArena(store, market, settings, kinds, sha256);
    const ready = readinessOf(contestant, boardOfArena(arena));
    output.answer({ ...explanation, board: ready });
    if (!output.json) process.stdout.write(explainText(explanation, market.symbols, ready));
    return explanation.sameAsJournal ? EXIT.fine : EXIT.damaged;
  } finally {
    store.close();
  }
}

/** Why it is not at the top, in words. */
function readinessOf(contestant: Contestant, board: Board): Readiness {
  const standing = board.standings.find((s) => s.id === contestant.id);
  if (standing === undefined) return { rank: undefined, status: 'unknown', reasons: [], rules: [] };
  const { observedHours, coveragePct } = standing;
  return {
    rank: standing.rank,
    status: standing.status,
    rules: standing.rules,
    reasons: [
      ...(standing.reason === '' ? [] : [standing.reason]),
      ...(observedHours < board.minimumHours
        ? [`${String(observedHours)} h observed, ${String(board.minimumHours)} h needed`]
        : []),
      ...(coveragePct !== undefined && coveragePct < 100
        ? [`${coveragePct.toFixed(2)} % of its decisions were made`]
        : []),
      ...(contestant.role === 'contestant' ? [] : [`a ${contestant.role} never becomes a candidate`]),
      ...(standing.rank !== undefined && standing.rank > 1
        ? [`${String(standing.rank - 1)} contestants have the higher return`]
        : []),
    ].filter((reason, i, all) => all.indexOf(reason) === i),
  };
}
