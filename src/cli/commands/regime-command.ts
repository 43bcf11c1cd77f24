import { resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { resumeArena } from '../../app/open-arena-state.js';
import { readRegimes } from '../../app/read-regimes.js';
import { readContestantRow } from '../../app/stored-contestants.js';
import { Problem } from '../../core/domain/problem.js';
import { timeframeMs } from '../../core/domain/time.js';
import { regimeText } from '../../reporting/regime-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { findOneContestant } from '../find-one-contestant.js';
import { loadKinds } from '../load-kinds.js';
import { createOutput } from '../output.js';
import { requestEnvelope } from '../request-envelope.js';
import { journalOf, marketSource, sha256 } from '../wire.js';
import { filed } from './request-commands.js';
import { newestRound } from '../../app/round-at.js';

/** `regime show`: opens the state as the arena would, without its lock, and reads memories. */
export async function showRegimesCommand(text: string | undefined, flags: ArenaFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.state.folder);
  const store = journalOf(folder, true);
  try {
    const commit = store.lastCommit();
    const saved = store.meta('settings');
    if (commit === undefined || saved === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const wanted =
      text === undefined
        ? undefined
        : findOneContestant(store.contestants().map(readContestantRow), text, folder).id;
    const settings = parseSettings(saved, folder);
    const kinds = await loadKinds(values.contestants.folder);
    const last = newestRound(store);
    const endMs = last === undefined ? undefined : last.barMs + timeframeMs(settings.market.timeframe);
    const market = marketSource(settings.market).load(endMs);
    const all = readRegimes(resumeArena(store, market, settings, kinds, sha256));
    const seen = wanted === undefined ? all : all.filter(({ contestant }) => contestant.id === wanted);
    if (wanted !== undefined && seen.length === 0)
      throw new Problem('input', `${text ?? ''} does not trade by regimes, or has retired`, {
        hint: 'contestants of the kinds regime-hybrid and regime-rules do',
      });
    output.answer(
      seen.map(({ contestant, nowMs, rows, decisions, onHeuristic }) => ({
        id: contestant.id,
        name: contestant.name,
        kind: contestant.manifest.kind,
        at: new Date(nowMs).toISOString(),
        decisions,
        onHeuristic,
        symbols: rows.map(({ nextDueMs, ...row }) => ({
          ...row,
          nextDueAt: nextDueMs === undefined ? null : new Date(nextDueMs).toISOString(),
        })),
      })),
    );
    if (!output.json)
      output.say(
        seen.length === 0
          ? 'no contestant trades by regimes; the kinds regime-rules and regime-hybrid do'
          : seen.map(regimeText).join('\n').trimEnd(),
      );
    return EXIT.fine;
  } finally {
    store.close();
  }
}

/** `regime invalidate` and `regime refresh`: finds the contestant, then files the request. */
export function invalidateRegimeCommand(
  text: string,
  flags: ArenaFlags & { readonly symbol?: string; readonly reason?: string; readonly due?: string },
): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  const store = journalOf(folder, true);
  let contestant;
  try {
    contestant = findOneContestant(store.contestants().map(readContestantRow), text, folder);
  } finally {
    store.close();
  }
  const { kind, symbols } = contestant.manifest;
  if (kind !== 'regime-hybrid')
    throw new Problem('input', `${contestant.name} keeps no answers of a model: it is of the kind ${kind}`, {
      hint: 'contestants of the kind regime-hybrid do; npm run regime -- show lists them',
    });
  if (flags.symbol !== undefined && !symbols.includes(flags.symbol))
    throw new Problem('input', `${contestant.name} does not trade ${flags.symbol}`, {
      hint: `it trades ${symbols.join(', ')}`,
    });
  const request = {
    ...requestEnvelope('regime-invalidate', flags.due),
    kind: 'regime-invalidate' as const,
    contestant: contestant.id,
    ...(flags.symbol === undefined ? {} : { symbol: flags.symbol }),
    reason: flags.reason ?? 'by hand',
  };
  return filed(
    folder,
    request,
    `${contestant.name}${flags.symbol === undefined ? '' : ` ${flags.symbol}`}`,
    output,
  );
}
