/** Everything that a process needs to let contestants ask language models, from settings, files and environment. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IMPORTED, type Spent, type Tariff, createModelDesk } from '../app/model-desk.js';
import type { NamedModel } from '../app/parse-model-file.js';
import type { Absent, Arena } from '../core/arena/arena.js';
import { type RosterEntry, lackOfSymbols } from '../core/arena/parse-roster.js';
import type { ModelQuestion } from '../core/domain/model-call.js';
import {
  type PriceTable,
  type TokenPrice,
  costUsd,
  estimateCostUsd,
  parsePriceTable,
  priceOf,
  tokenPriceSchema,
} from '../core/domain/model-prices.js';
import { Problem } from '../core/domain/problem.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import type { Answers, AskedQuestion } from '../core/session/model-decision.js';
import { answerSchema } from '../core/strategies/answer-schema.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { ModelRecordings } from '../ports/model-recordings.js';
import type { ArenaConfig } from './config/schema.js';
import { parseJsonFile } from './parse-json-file.js';
import { type ModelAccess, modelAccess, recordingsIn } from './wire.js';
import { PROGRAM_FOLDER } from './compiled.js';

type LlmSettings = ArenaConfig['llm'];

const SHIPPED_PRICES = join(PROGRAM_FOLDER, 'prices/models.json');

/** Models as they can be reached from here. */
export interface ModelSide {
  /** Why this provider cannot be asked; undefined when it can. */
  missing(provider: string): string | undefined;
  /** Whether replies of this imported run are in the recording. */
  hasRun(run: string): boolean;
  readonly access: ModelAccess;
  price(provider: string, model: string): TokenPrice | undefined;
}

/**
 * Who is reached where, with which key, at what price: settings, files of models, environment. `around` may put somebody
 * else between, as workers that ask in our place.
 */
export function openModelSide(
  llm: LlmSettings,
  files: readonly NamedModel[],
  around: (access: ModelAccess, providers: Readonly<Record<string, unknown>>) => ModelAccess = (access) =>
    access,
): ModelSide {
  const providers = providersOf(llm, files);
  const access = around(modelAccess(providers, llm), providers);
  let table: PriceTable | undefined;
  let runs: ReadonlySet<string> | undefined;
  const own = new Map(
    files.flatMap((file) => (file.price === undefined ? [] : [[nameOf(file), priceIn(file)]])),
  );
  return {
    access,
    missing: (provider) => (provider === IMPORTED ? undefined : access.missing(provider)),
    hasRun: (run) => (runs ??= importedRuns(resolve(llm.recordings))).has(run),
    price(provider, model) {
      if (provider === IMPORTED) return FREE;
      const today = formatMinuteUtc(Date.now()).slice(0, 'YYYY-MM-DD'.length);
      return (
        own.get(nameOf({ provider, model })) ??
        priceOf((table ??= priceTable(llm.prices)), provider, model, today)
      );
    },
  };
}

function importedRuns(file: string): ReadonlySet<string> {
  if (!existsSync(file)) return new Set();
  const recordings = recordingsIn(file, true);
  try {
    return new Set(recordings.importedRuns().map(({ run }) => run));
  } finally {
    recordings.close();
  }
}

const FREE: TokenPrice = { inputUsdPerMTok: 0, cachedInputUsdPerMTok: 0, outputUsdPerMTok: 0 };

function nameOf({ provider, model }: { provider: string; model: string }): string {
  return `${provider} ${model}`;
}

function priceIn(file: NamedModel): TokenPrice {
  const parsed = tokenPriceSchema.safeParse(file.price);
  if (parsed.success) return parsed.data;
  throw new Problem('input', `the price of ${nameOf(file)}: ${parsed.error.issues[0]?.message ?? 'wrong'}`, {
    hint: 'a price has inputUsdPerMTok, cachedInputUsdPerMTok and outputUsdPerMTok, USD for a million tokens',
  });
}

function priceTable(file: string | undefined): PriceTable {
  const path = file === undefined ? SHIPPED_PRICES : resolve(file);
  if (!existsSync(path))
    throw new Problem('input', `${path}: there is no such price table`, { hint: 'check llm.prices' });
  return parsePriceTable(parseJsonFile(readFileSync(path, 'utf8'), path), path);
}

/** A base URL in a model's file is one of its provider: two files of one provider must agree. */
function providersOf(
  llm: LlmSettings,
  files: readonly NamedModel[],
): Record<string, Record<string, unknown>> {
  const providers: Record<string, Record<string, unknown>> = {};
  for (const [name, settings] of Object.entries(llm.providers ?? {})) providers[name] = { ...settings };
  for (const { provider, baseUrl } of files) {
    if (baseUrl === undefined) continue;
    const known = providers[provider]?.['baseUrl'];
    if (known !== undefined && known !== baseUrl)
      throw new Problem('input', `two base URLs for the provider "${provider}"`, {
        hint: 'call one of them otherwise, e.g. "provider": "local"; its key is then in LOCAL_API_KEY',
      });
    providers[provider] = { ...providers[provider], baseUrl };
  }
  return providers;
}

/** Splits a roster into who can run and who lacks symbols or a key. Who runs already stays: its calls fail, and say why. */
export function splitByLack(
  roster: readonly RosterEntry[],
  side: ModelSide,
  llm: LlmSettings,
  idOf: (entry: RosterEntry) => string,
  arena: Pick<Arena, 'seats'>,
): { readonly able: RosterEntry[]; readonly absent: Absent[] } {
  const known = new Set(arena.seats.map(({ contestant }) => contestant.id));
  const ready = llm.mode === 'replay' ? recordedModels(llm) : () => false;
  const able: RosterEntry[] = [];
  const absent: Absent[] = [];
  for (const entry of roster) {
    const why = known.has(idOf(entry)) ? undefined : whyAbsent(entry, side, llm.mode, ready);
    if (why === undefined) able.push(entry);
    else absent.push({ name: entry.name, why });
  }
  return { able, absent };
}

/** A replay leaves out who had no key when it was recorded, with the same words. */
function whyAbsent(
  entry: RosterEntry,
  side: ModelSide,
  mode: LlmSettings['mode'],
  ready: (provider: string, model: string) => boolean,
): string | undefined {
  const lack = lackOfSymbols(entry);
  if (lack !== undefined) return lack;
  const { kind, params } = entry;
  if (kind.questions === undefined) return undefined;
  const { provider, model } = params as { provider?: string; model?: string };
  if (provider === undefined || model === undefined) return undefined;
  if (provider === IMPORTED)
    return side.hasRun(model)
      ? undefined
      : `no imported run "${model}": npm run llm -- import FILE --timeframe 4h`;
  if (ready(provider, model)) return undefined;
  const missing = side.missing(provider);
  if (missing !== undefined) return missing;
  return side.price(provider, model) === undefined
    ? `no price: give ${provider} ${model} a "price" in its file`
    : mode === 'replay'
      ? `not recorded: nothing was ever asked of ${provider} ${model}`
      : undefined;
}

/** Models that a replay can answer for: recorded ones, and all where the recording is missing, which is said later. */
function recordedModels(llm: LlmSettings): (provider: string, model: string) => boolean {
  const file = resolve(llm.recordings);
  if (!existsSync(file)) return () => true;
  const answers = new Map<string, boolean>();
  return (provider, model) => {
    const name = nameOf({ provider, model });
    const known = answers.get(name);
    if (known !== undefined) return known;
    const recordings = recordingsIn(file, true);
    try {
      const found = recordings.hasAny(provider, model);
      answers.set(name, found);
      return found;
    } finally {
      recordings.close();
    }
  };
}

export interface AskingModels {
  /** `leftMs`: real milliseconds after which an answer is late, where the settings allow longer. */
  answer(asked: readonly AskedQuestion[], spent: Spent, leftMs?: number): Promise<Answers | undefined>;
  close(): void;
}

/** Answers for a running process. The recording is opened with the first question. */
export function askModels(
  side: ModelSide,
  llm: LlmSettings,
  store: ArenaStore,
  stop: AbortSignal,
): AskingModels {
  return studyModels(side, llm, () => runOf(store), stop);
}

/** The same under a name of its own in the recording. */
export function studyModels(
  side: ModelSide,
  llm: LlmSettings,
  run: () => string,
  stop: AbortSignal,
): AskingModels {
  let recordings: ModelRecordings | undefined;
  const open = (): ModelRecordings =>
    (recordings ??= recordingsIn(resolve(llm.recordings), llm.mode === 'replay'));
  const desk = (): ReturnType<typeof createModelDesk> =>
    createModelDesk({
      mode: llm.mode,
      run: run(),
      recordings: open(),
      model: ({ setup }) => side.access.model(setup.provider),
      tariff: ({ setup }) => tariffOf(side.price(setup.provider, setup.model)),
      schema: ({ form }) => answerSchema(form),
      budgetUsdPerDay: llm.budgetUsdPerDay,
      budgetUsdTotal: llm.budgetUsdTotal,
      deadlineMs: llm.deadlineSeconds * 1000,
      nowMs: () => Date.now(),
    });
  let opened: ReturnType<typeof createModelDesk> | undefined;
  return {
    answer: (asked, spent, leftMs) => (opened ??= desk()).answer(asked, spent, stop, leftMs),
    close() {
      recordings?.close();
    },
  };
}

function tariffOf(price: TokenPrice | undefined): Tariff | undefined {
  return price === undefined
    ? undefined
    : {
        costUsd: (usage) => costUsd(usage, price),
        estimateUsd: (question: ModelQuestion) => estimateCostUsd(question, price).costUsd,
      };
}

/** The name of this state in the recording: made once, kept with it. */
function runOf(store: ArenaStore): string {
  const known = store.meta('modelRun');
  if (known !== undefined) return known;
  const run = randomUUID();
  store.setMeta('modelRun', run);
  return run;
}
