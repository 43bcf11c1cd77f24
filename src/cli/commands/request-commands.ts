import { basename, resolve } from 'node:path';
import type { ArenaRequestMessage } from '../../app/handle-requests.js';
import { parseSettings } from '../../app/arena-settings.js';
import { readContestantRow } from '../../app/stored-contestants.js';
import { describeContestant } from '../../core/arena/board.js';
import { parseRoster } from '../../core/arena/parse-roster.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { findOneContestant } from '../find-one-contestant.js';
import { loadKinds } from '../load-kinds.js';
import { type Output, createOutput } from '../output.js';
import { requestEnvelope } from '../request-envelope.js';
import { wholeBetween } from '../parse-number.js';
import { readRosterFile } from '../read-roster-files.js';
import { journalOf, fileRequestIn, probeLock } from '../wire.js';

interface RequestFlags extends ArenaFlags {
  readonly due?: string;
  readonly reason?: string;
}

/** `arena add`: checks the file against the arena's market, then files the request. */
export async function addCommand(file: string, flags: RequestFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.state.folder);
  const kinds = await loadKinds(values.contestants.folder);
  const roster = readRosterFile(resolve(file));
  const store = journalOf(folder, true);
  let count: number;
  try {
    const { market } = parseSettings(store.meta('settings') ?? '', folder);
    const known = store.contestants()[0];
    const instrument =
      known === undefined ? (market.instrument ?? 'spot') : readContestantRow(known).manifest.instrument;
    count = parseRoster(
      roster,
      file,
      {
        symbols: market.symbols,
        timeframe: market.timeframe,
        instrument,
      },
      kinds,
    ).length;
  } finally {
    store.close();
  }
  const request = {
    ...requestEnvelope('add', flags.due),
    kind: 'add' as const,
    file: basename(file),
    roster,
  };
  return filed(folder, request, `${String(count)} contestants`, output);
}

/** `arena retire`, `halt` and `reset-breakers`: find the contestant, then file the request. */
export function contestantCommand(
  kind: 'retire' | 'halt' | 'reset-breakers',
  text: string,
  flags: RequestFlags,
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
  const request = {
    ...requestEnvelope(kind, flags.due),
    kind,
    contestant: contestant.id,
    reason: flags.reason ?? 'by hand',
  };
  return filed(folder, request, describeContestant(contestant), output);
}

/** `arena prune`: retire now whoever is far below the field. */
export function pruneCommand(flags: RequestFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  journalOf(folder, true).close();
  return filed(folder, { ...requestEnvelope('prune', flags.due), kind: 'prune' }, 'the field', output);
}

/** `arena finals`: the best of the field among themselves, on data that starts now. */
export function finalsCommand(flags: RequestFlags & { readonly size?: string }): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  journalOf(folder, true).close();
  const size = wholeBetween(flags.size ?? '3', '--size', 2, 20);
  return filed(
    folder,
    { ...requestEnvelope('final', flags.due), kind: 'final', size },
    `of the best ${String(size)} by p at the last look`,
    output,
  );
}

/** Puts a request into the arena's inbox and says when it will be taken. */
export function filed(folder: string, request: ArenaRequestMessage, what: string, output: Output): number {
  fileRequestIn(folder, request.id, request);
  const running = probeLock(folder).locked;
  output.say(
    `filed ${request.id}: ${request.kind} ${what}; ${running ? 'the arena takes it before its next bar' : 'the arena is not running and takes it when it starts'}`,
  );
  output.answer({ id: request.id, kind: request.kind, filed: true, arenaRunning: running });
  return EXIT.fine;
}
