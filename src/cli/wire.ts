/** The only file that chooses adapters, with `wire-candles.ts`. */
import { createHash } from 'node:crypto';
import { accessSync, constants, copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  PROVIDER_NAMES,
  type ProviderSettings,
  findProvider,
  keyOf,
  providerSettingsSchema,
} from '../adapters/language-models/providers.js';
import { openCandleFolder } from '../adapters/market-data/candle-folder.js';
import { openMarketArchive } from '../adapters/market-data/market-archive.js';
import { webhookNotifier } from '../adapters/notify/webhook-notifier.js';
import { webhookTargets } from '../adapters/notify/webhook-targets.js';
import { drawPng, findChromium } from '../adapters/pictures/chromium-png.js';
import {
  appendDurably,
  fileProblem,
  makeFolder,
  removeAbandoned,
  writeFileAtomically,
} from '../adapters/storage/atomic-file.js';
import { fileRequest, openInbox } from '../adapters/storage/folder-inbox.js';
import { type FolderLock, type LockProbe, isLocked, lockFolder } from '../adapters/storage/folder-lock.js';
import { MARKET_LOG_FILE, checkMarketLogFile } from '../adapters/storage/market-log-file.js';
import { type MarketLogAccess, openMarketLog } from '../adapters/storage/sqlite-market-log.js';
import { type JournalHead, readJournalHead } from '../adapters/storage/journal-head.js';
import { openRecordings } from '../adapters/storage/sqlite-recordings.js';
import { trySqlite } from '../adapters/storage/try-sqlite.js';
import { ROWS_FILE, openSweepFolder } from '../adapters/storage/sweep-folder.js';
import { jsonTrialFile, jsonTrials } from '../adapters/trials/json-trials.js';
import { mergeTrials } from '../adapters/trials/merge-trials.js';
import { optunaTrials } from '../adapters/trials/optuna-trials.js';
import { trialFileKind } from '../adapters/trials/trial-file.js';
import { openArenaStore } from '../adapters/storage/sqlite-arena-store.js';
import type { ArenaSettings } from '../app/arena-settings.js';
import type { Hash } from '../core/arena/contestant.js';
import { type TrialMapping, mapTrial } from '../core/deployment/trial-mapping.js';
import type { Redact } from '../core/domain/redact.js';
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { sliceMarket } from '../core/domain/slice-market.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import { generateMarket } from '../core/market/generate-market.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { ModelFault } from '../core/domain/model-call.js';
import type { Inbox } from '../ports/inbox.js';
import type { JobRunner } from '../ports/job-runner.js';
import type { LanguageModel } from '../ports/language-model.js';
import type { CandleFolder } from '../ports/candle-folder.js';
import type { MarketArchive } from '../ports/market-archive.js';
import type { MarketLog } from '../ports/market-log.js';
import type { MarketSource } from '../ports/market-source.js';
import type { ModelRecordings } from '../ports/model-recordings.js';
import type { Delivery, Notifier } from '../ports/notifier.js';
import type { LogLevel, ProcessLog } from '../ports/process-log.js';
import type { Projections } from '../ports/projections.js';
import type { SweepStore } from '../ports/sweep-store.js';
import type { Venue, VenueFault } from '../ports/venue.js';
import type { TrialArchive } from '../ports/trial-source.js';
import type { BullmqJobs } from '../adapters/jobs/bullmq-jobs.js';
import type { QueuedModel } from '../adapters/jobs/queued-model.js';
import type { QueueState } from '../adapters/jobs/queue-state.js';
import type { RollingFile } from '../adapters/process-log/rolling-file.js';
import type { WorkerCounts, WorkerEvent } from '../adapters/jobs/serve-jobs.js';
import { liveLabel } from './live-label.js';
import { candleCacheFolder } from './candle-cache-folder.js';
import { compiledFile } from './compiled.js';
import { recordedTable } from './wire-candles.js';

export const sha256: Hash = (content) => createHash('sha256').update(content).digest('hex');

export function journalOf(folder: string, readOnly = false): ArenaStore {
  return openArenaStore(folder, { readOnly });
}

/** What a journal's first bytes tell; nothing is opened or made for it. */
export function journalHead(folder: string): JournalHead | undefined {
  return readJournalHead(join(folder, 'journal.sqlite'));
}

/** What models were asked and answered. */
export function recordingsIn(file: string, readOnly = false): ModelRecordings {
  return openRecordings(file, { readOnly });
}

/** Whom to ask. A provider is set up at its first question, and its SDK loaded then. */
export interface ModelAccess {
  /** What it takes to ask this provider, e.g. `no key: set OPENAI_API_KEY`; undefined when nothing is missing. */
  missing(provider: string): string | undefined;
  /** Variable of the environment that holds its key; null where none is needed. */
  keyVariable(provider: string): string | null;
  model(provider: string): Promise<LanguageModel | { readonly fault: ModelFault; readonly why: string }>;
}

/** Providers that have a name and an address of their own. */
export function knownProviders(): readonly string[] {
  return PROVIDER_NAMES;
}

/** Version of the SQLite that comes with the program; throws where its compiled part cannot be loaded. */
export function sqliteVersion(): string {
  return trySqlite();
}

/** The Chromium that pictures are drawn with; undefined where none is installed. */
export function pictureBrowser(): string | undefined {
  return findChromium(process.env);
}

/** Throws a Problem that names what is wrong with the settings of a provider. */
export function modelAccess(
  providers: Readonly<Record<string, unknown>>,
  { timeoutSeconds, retries }: { readonly timeoutSeconds: number; readonly retries: number },
  env = process.env,
): ModelAccess {
  const settings = parseProviders(providers);
  let find: Promise<(name: string) => { model: LanguageModel | undefined }> | undefined;
  const missing = (name: string): string | undefined => {
    const provider = findProvider(name, settings[name], env);
    return keyOf(provider, env) === undefined ? `no key: set ${provider.keyVariable ?? ''}` : undefined;
  };
  return {
    missing,
    keyVariable: (name) => findProvider(name, settings[name], env).keyVariable,
    async model(name) {
      // Loaded when somebody asks: most commands never do.
      find ??= import('../adapters/language-models/open-language-models.js').then(({ openLanguageModels }) =>
        openLanguageModels(settings, env, { timeoutMs: timeoutSeconds * 1000, retries }),
      );
      return (await find)(name).model ?? { fault: 'no-key', why: missing(name) ?? 'no key' };
    },
  };
}

function parseProviders(providers: Readonly<Record<string, unknown>>): Record<string, ProviderSettings> {
  const parsed: Record<string, ProviderSettings> = {};
  for (const [name, settings] of Object.entries(providers)) {
    const result = providerSettingsSchema.safeParse(settings);
    if (!result.success)
      throw new Problem(
        'input',
        `llm.providers.${[name, ...(result.error.issues[0]?.path ?? [])].join('.')}: ${result.error.issues[0]?.message ?? 'wrong'}`,
        {
          hint: 'a provider has protocol, baseUrl, keyVariable, concurrency, requestsPerMinute, tokensPerMinute',
        },
      );
    parsed[name] = result.data;
  }
  return parsed;
}

/** An Optuna storage of the settings. */
interface TrialStorage {
  readonly path: string;
  readonly study?: string | undefined;
  readonly as?: string | undefined;
  readonly mapping: TrialMapping;
}

/** What training left: JSON files in a folder, then the storages of the settings. With `study` only that one's. */
export function trialSource(
  folder: string,
  storages: readonly TrialStorage[] = [],
  study?: string,
): TrialArchive {
  return mergeTrials([jsonTrials(folder), ...storages.map(optunaStorage)], study);
}

/** In which form a file holds trials. Throws an Error in words when it holds none. */
export function trialFileForm(path: string): 'json' | 'optuna' {
  return trialFileKind(path) === 'json' ? 'json' : 'optuna';
}

/** The trials of one file: JSON without a mapping, an Optuna storage with one. */
export function trialsOfFile(file: Omit<TrialStorage, 'mapping'> & { mapping?: TrialMapping }): TrialArchive {
  const { mapping } = file;
  return mapping === undefined
    ? mergeTrials([jsonTrialFile(file.path)], file.study)
    : optunaStorage({ ...file, mapping });
}

function optunaStorage({ path, study, as, mapping }: TrialStorage): TrialArchive {
  return optunaTrials({ path: resolve(path), study, as, map: (trial) => mapTrial(trial, mapping) });
}

export function inboxOf(folder: string): Inbox {
  return openInbox(folder);
}

export function fileRequestIn(folder: string, id: string, body: unknown): void {
  fileRequest(folder, id, body);
}

/** A request of the only sender of its id: filed once, also when the sender was killed in the middle of it. */
export function fileRequestAgainIn(folder: string, id: string, body: unknown): void {
  fileRequest(folder, id, body, true);
}

/** A file's time stamp this young may come again with other content. */
const STAMP_MS = 50;
/** A commit is seen only after its bytes, and their time stamp, are on the disk: so often a journal is read all the same. */
const LOOK_MS = 200;

/** Changes with every commit to a folder's journal, and every now and then; undefined where that cannot be told. */
export function journalStamp(folder: string): string | undefined {
  const files = ['journal.sqlite', 'journal.sqlite-wal'].map((name) =>
    statSync(join(folder, name), { throwIfNoEntry: false }),
  );
  const now = Date.now();
  if (files.some((file) => now - (file?.mtimeMs ?? 0) < STAMP_MS)) return undefined;
  const parts = files.map((file) => `${String(file?.mtimeMs)} ${String(file?.size)}`);
  return [...parts, String(Math.floor(now / LOOK_MS))].join(' ');
}

/** Takes a folder for this process alone, and clears away what a killed one left half written. */
export function takeFolder(folder: string): FolderLock {
  const lock = lockFolder(folder);
  removeAbandoned(folder);
  return lock;
}

export function probeLock(folder: string): LockProbe {
  return isLocked(folder);
}

export function folderProjections(folder: string): Projections {
  return {
    write(name, text) {
      writeFileAtomically(join(folder, name), text);
    },
    remove(name) {
      rmSync(join(folder, name), { force: true });
    },
    read(name) {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
  };
}

/** The files of a folder of candles, whatever is wrong with them. */
export function candleFolder(folder: string): CandleFolder {
  return openCandleFolder(folder);
}

/** A folder of candles that a download fills. */
export function marketArchive(folder: string): MarketArchive {
  return openMarketArchive(folder);
}

/** The market that an arena's settings name. */
export function marketSource(settings: ArenaSettings['market']): MarketSource {
  const barMs = timeframeMs(settings.timeframe);
  const startMs = settings.fromMs - settings.warmupBars * barMs;
  if (settings.source === 'generated')
    return {
      generated: true,
      label: `GENERATED prices, seed ${String(settings.seed)}`,
      endless: true,
      load: (endMs = settings.fromMs) =>
        generateMarket({
          seed: settings.seed,
          symbols: settings.symbols,
          timeframe: settings.timeframe,
          startMs,
          length: Math.round((endMs - startMs) / barMs),
          perpetual: settings.instrument === 'perpetual',
        }),
    };
  const folder = settings.folder ?? '.';
  if (settings.source === 'live')
    return {
      generated: false,
      label: liveLabel(settings),
      endless: false,
      load(endMs) {
        const log = openMarketLog(folder, { readOnly: true, isBegun: true });
        try {
          return log.load(endMs).table;
        } finally {
          log.close();
        }
      },
    };
  return {
    generated: false,
    label: `recorded candles of ${basename(folder)}`,
    endless: false,
    load(endMs) {
      const table = recordedTable(folder, settings.timeframe, settings.symbols);
      const first = firstIndexAtOrAfter(table, settings.fromMs);
      const end = endMs === undefined ? table.length : firstIndexAtOrAfter(table, endMs);
      return sliceMarket(table, Math.max(0, first - settings.warmupBars), end);
    },
  };
}

/** What was known of a live market; written by the arena of that folder alone. */
export function marketLogOf(folder: string, access: MarketLogAccess = {}): MarketLog {
  return openMarketLog(folder, access);
}

/** Throws where the log of a live market is damaged, or gone although it had begun; nothing is opened or made for it. */
export function checkMarketLogOf(folder: string, isBegun: boolean): void {
  checkMarketLogFile(join(folder, MARKET_LOG_FILE), isBegun);
}

/** A live market as its log has it, for whoever follows the arena: the same table grows. */
export interface LoggedMarket {
  readonly table: MarketTable;
  /** Takes in the slots up to the one that opens at `openMs`; returns when the newest of them was settled. */
  reach(openMs: TimeMs): TimeMs | undefined;
}

/** Reads a log up to the slot that opens at `openMs`. It is not held open: an arena may begin anew beside it. */
export function loggedMarket(folder: string, openMs: TimeMs): LoggedMarket {
  const use = <T>(read: (log: MarketLog) => T): T => {
    const log = openMarketLog(folder, { readOnly: true, isBegun: true });
    try {
      return read(log);
    } finally {
      log.close();
    }
  };
  // Slots open on whole bars: whatever opens before a moment later opens at that moment or before.
  const market = use((log) => log.load(openMs + 1));
  return {
    table: market.table,
    reach: (lastMs) => use((log) => log.extend(market, lastMs + 1)),
  };
}

/** Which exchange, and where: at its own address, or on this machine. */
export interface VenueWish {
  readonly exchange: string;
  readonly instrument: 'spot' | 'perpetual';
  readonly url?: string | undefined;
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly onFault?: (fault: VenueFault) => void;
}

/** A real exchange; its library, which is large, is loaded now. */
export async function openVenue(
  { exchange, instrument, url, nowMs, sleep, onFault }: VenueWish,
  told: (text: string) => void,
): Promise<Venue> {
  const { openCcxtVenue } = await import('../adapters/venues/open-ccxt-venue.js');
  return openCcxtVenue({
    exchange,
    instrument,
    ...(url === undefined ? {} : { baseUrl: url }),
    nowMs,
    sleep,
    random: Math.random,
    log: told,
    ...(onFault === undefined ? {} : { onFault }),
  });
}

export interface LogWish {
  readonly name: string;
  readonly redact: Redact;
  /** Undefined where no file is kept. */
  readonly path: string | undefined;
  readonly rules: {
    readonly level: LogLevel;
    readonly maxMegabytes: number;
    readonly maxHours: number;
    readonly keepFiles: number;
    readonly keepStarts: number;
  };
  /** Gets every line as well. */
  readonly also: ((line: string) => void) | undefined;
  readonly told: (text: string) => void;
}

/** The log of a long-running process; its library is loaded here. A log that cannot be opened is told, and done without. */
export async function processLog({ name, redact, path, rules, also, told }: LogWish): Promise<ProcessLog> {
  const [{ openProcessLog }, { openRollingFile, removeOldLogs }] = await Promise.all([
    import('../adapters/process-log/open-process-log.js'),
    import('../adapters/process-log/rolling-file.js'),
  ]);
  const open = (file: string): RollingFile | undefined => {
    try {
      const opened = openRollingFile({
        path: file,
        maxBytes: rules.maxMegabytes * 1e6,
        maxAgeMs: rules.maxHours * 3_600_000,
        keepFiles: rules.keepFiles,
        nowMs: () => performance.now(),
        told,
      });
      removeOldLogs(dirname(file), name, rules.keepStarts);
      return opened;
    } catch (error) {
      told(`no log is kept in ${file}: ${error instanceof Error ? error.message : 'unknown'}`);
      return undefined;
    }
  };
  const file = path === undefined ? undefined : open(path);
  return openProcessLog({ process: name, level: rules.level, redact, file, also });
}

/** The folder of a sweep, for this process alone, and the file in it that has a line per run. */
export function sweepFolder(folder: string): { readonly store: SweepStore; readonly rowsPath: string } {
  return { store: openSweepFolder(folder), rowsPath: join(folder, ROWS_FILE) };
}

/** One more line at the end of a file, durable before it returns. */
export function appendLine(path: string, line: string): void {
  appendDurably(path, line);
}

/** A file that a person named on the command line. */
export function writeTextFile(path: string, text: string): void {
  writeFileAtomically(path, text);
}

/** A folder that a person named, made where it is not there, with files in it. */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  // Its own trades.csv would be gone, and with it what people rely on.
  if (existsSync(join(folder, 'journal.sqlite')))
    throw new Problem('usage', `${folder} holds a journal and files of its own`, {
      hint: 'give --out another folder',
    });
  makeFolder(folder);
  for (const [name, text] of files) writeFileAtomically(join(folder, name), text);
}

export { makeFolder };

/** A copy of a file under a name that a person gave. */
export function copyTextFile(from: string, path: string): void {
  try {
    copyFileSync(from, path);
  } catch (error) {
    throw fileProblem(path, error);
  }
}

/** Before hours of work: that a file can be written there when they are over. What stands there stays. */
export function checkPlaceOf(path: string): void {
  const folder = dirname(path);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw fileProblem(folder, error);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Problem('input', `${path} is a folder`, { hint: 'name a file' });
}

/** Draws an SVG file as PNG; in words why it was not, where it was not. */
export function pngOf(
  svgPath: string,
  pngPath: string,
  size: { readonly width: number; readonly height: number },
): string | undefined {
  const browser = findChromium(process.env);
  if (browser === undefined) return 'no Chromium is installed (CHROMIUM_PATH names one)';
  const why = drawPng(browser, svgPath, pngPath, size);
  return why === undefined ? undefined : `${browser} could not draw it: ${why}`;
}

/** The places that the environment names for notes, without their addresses; a Problem where one is unusable. */
export function notePlaces(): readonly string[] {
  return webhookTargets(process.env).map((target) => target.place);
}

/** Tells people through the webhooks that the environment names; silent when it names none. */
export function notifier(told: (text: string) => void, delivered?: (delivery: Delivery) => void): Notifier {
  const targets = webhookTargets(process.env);
  return webhookNotifier({ targets, told, ...(delivered === undefined ? {} : { delivered }) });
}

/** Jobs in threads of this process; the library is loaded now. */
export async function threadJobs(threads: number): Promise<JobRunner> {
  const { openThreadJobs } = await import('../adapters/jobs/thread-jobs.js');
  return openThreadJobs({ threads, file: compiledFile('cli/job-thread.js') });
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Jobs for workers, on the Redis that the environment names; a Problem within three seconds where it cannot be used. */
export async function queueJobs(
  env: Environment,
  version: string,
  told: (state: QueueState, text: string) => void,
): Promise<BullmqJobs> {
  const { redisAddress } = await import('../adapters/jobs/redis-address.js');
  const address = redisAddress(env);
  const { checkRedis } = await import('../adapters/jobs/check-redis.js');
  await checkRedis(address);
  const { queueStateText } = await import('../adapters/jobs/queue-state.js');
  const { openBullmqJobs } = await import('../adapters/jobs/bullmq-jobs.js');
  return openBullmqJobs({
    address,
    version,
    told: (state) => {
      told(state, queueStateText(state, address.shown, version));
    },
  });
}

/** Workers that are alive on the Redis that the environment names; a Problem where it cannot be used. */
export async function workersOnQueue(env: Environment): Promise<WorkersThere> {
  const { redisAddress } = await import('../adapters/jobs/redis-address.js');
  const address = redisAddress(env);
  const { checkRedis } = await import('../adapters/jobs/check-redis.js');
  const { version } = await checkRedis(address);
  const { lookAtWorkers } = await import('../adapters/jobs/look-at-workers.js');
  return { redis: address.shown, redisVersion: version, ...(await lookAtWorkers(address)) };
}

export interface WorkersThere {
  readonly redis: string;
  readonly redisVersion: string;
  readonly workers: number;
  readonly threads: number;
}

/** What a worker is asked to do. */
export interface WorkerWishes {
  readonly version: string;
  readonly tasks: readonly string[];
  readonly threads: number;
  readonly once: boolean;
  readonly told: (event: WorkerEvent) => void;
  readonly stop: AbortSignal;
  /** Called with the address, without its password, when the Redis was found to be usable. */
  readonly ready: (shown: string) => void;
}

/** Serves the runs on the Redis that the environment names until it is stopped. */
export async function workOnQueue(
  env: Environment,
  wishes: WorkerWishes,
  counts: WorkerCounts,
): Promise<void> {
  const { redisAddress } = await import('../adapters/jobs/redis-address.js');
  const address = redisAddress(env);
  const { checkRedis } = await import('../adapters/jobs/check-redis.js');
  await checkRedis(address);
  wishes.ready(address.shown);
  const { serveJobs } = await import('../adapters/jobs/serve-jobs.js');
  const cache = candleCacheFolder(env);
  await serveJobs(
    {
      ...wishes,
      address,
      file: compiledFile('cli/job-thread.js'),
      models: modelsOfWorker(env),
      cacheFolder: cache === undefined ? undefined : join(cache, 'markets'),
    },
    counts,
  );
}

/** Bounds of a call by a worker; the arena's deadline ends the waiting before that. */
const WORKER_CALLS = { timeoutMs: 120_000, retries: 3 };

/**
 * A worker asks the providers that its environment names, by a key or an address, at the addresses of its environment: what
 * comes through Redis must not be able to send a key elsewhere.
 */
function modelsOfWorker(env: Environment): (provider: string) => Promise<LanguageModel | undefined> {
  let find: ((name: string) => { model: LanguageModel | undefined }) | undefined;
  return async (name) => {
    const variable = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    const isNamed = ['_API_KEY', '_BASE_URL'].some((ending) => (env[variable + ending] ?? '').trim() !== '');
    if (!isNamed) return undefined;
    const { openLanguageModels } = await import('../adapters/language-models/open-language-models.js');
    find ??= openLanguageModels({}, env, WORKER_CALLS);
    try {
      return find(name).model;
    } catch (error) {
      // A key without an address: nobody to ask.
      if (error instanceof Problem) return undefined;
      throw error;
    }
  };
}

/** Like `modelAccess`, but workers ask, with keys of their own: none is needed here. */
export function queuedModelAccess(
  access: ModelAccess,
  providers: Readonly<Record<string, unknown>>,
  env: Environment,
  version: string,
  told: (provider: string, state: QueueState, text: string) => void,
): ModelAccess & { close(): Promise<void> } {
  const settings = parseProviders(providers);
  const opened = new Map<string, Promise<QueuedModel>>();
  const open = async (name: string): Promise<QueuedModel> => {
    const { redisAddress } = await import('../adapters/jobs/redis-address.js');
    const { queueStateText } = await import('../adapters/jobs/queue-state.js');
    const { openQueuedModel } = await import('../adapters/jobs/queued-model.js');
    const address = redisAddress(env);
    const { requestsPerMinute } = findProvider(name, settings[name], env);
    return openQueuedModel({
      address,
      version,
      model: { provider: name, requestsPerMinute },
      told: (state) => {
        told(name, state, queueStateText(state, address.shown, version, name));
      },
    });
  };
  return {
    missing: () => undefined,
    keyVariable: (name) => access.keyVariable(name),
    model(name) {
      const known = opened.get(name) ?? open(name);
      opened.set(name, known);
      return known;
    },
    async close() {
      // One that could not be opened has nothing to close.
      await Promise.allSettled([...opened.values()].map(async (model) => (await model).close()));
    },
  };
}
