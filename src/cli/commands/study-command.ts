import { join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { runStudy } from '../../app/run-study.js';
import { parseModelFile } from '../../app/parse-model-file.js';
import type { RosterEntry, RosterMarket } from '../../core/arena/parse-roster.js';
import { parseRoster } from '../../core/arena/parse-roster.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { Problem } from '../../core/domain/problem.js';
import { formatForPeople, timeframeMs } from '../../core/domain/time.js';
import { studyFiles } from '../../reporting/study/study-files.js';
import { studyText } from '../../reporting/study/study-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { candlesFor } from '../candles-for.js';
import { EXIT } from '../exit-codes.js';
import { loadKinds } from '../load-kinds.js';
import { openModelSide, studyModels } from '../model-side.js';
import { modelOfThisMachine } from '../models-of-this-machine.js';
import { createOutput } from '../output.js';
import { positive } from '../parse-number.js';
import { startCount } from '../progress.js';
import { listenForStop } from '../stop-signal.js';
import { makeFolder, sha256, writeTextFile } from '../wire.js';

export interface StudyFlags extends ArenaFlags {
  readonly models: string;
  readonly temperatures: string;
  readonly trials: string;
  readonly interval?: string;
  readonly kind: string;
  readonly params: string;
  readonly placebos: string;
  readonly windows: string;
  readonly seed?: string;
  readonly out: string;
}

const MOST_WINDOWS = 50;

/** `study`: repeated trials of every configuration, with the statistics that say what the difference is worth. */
export async function studyCommand(flags: StudyFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const kinds = await loadKinds(values.contestants.folder);
  const { table: market, first } = candlesFor(flags, values);
  const rosterMarket = marketFor(market);
  const trials = trialsOf(flags, rosterMarket, kinds);
  const side = openModelSide(values.llm, []);
  checkAskable(
    trials.map(({ entry }) => entry),
    side,
    values.llm.mode,
  );
  const benchmarks = benchmarksOn(rosterMarket, kinds);
  const placebo = kinds.find('placebo');
  if (placebo === undefined) throw new Error('there is no placebo');
  const windows = positive(flags.windows, '--windows');
  if (windows > MOST_WINDOWS)
    throw new Problem('usage', `--windows ${flags.windows}: more than ${String(MOST_WINDOWS)}`, {
      hint: 'each window is a new account',
    });
  const stop = listenForStop((text) => process.stderr.write(`${text}\n`));
  const asking = studyModels(side, values.llm, () => studyName(flags), stop.signal);
  const bars = market.length - first;
  const progress = startCount(bars, output.json, 'bars');
  try {
    output.say(
      `${String(trials.length)} trials of ${String(new Set(trials.map(({ name }) => name.configuration)).size)} configurations, ` +
        `${String(bars)} bars of ${market.timeframe}, ${String(market.symbols.length)} symbols`,
    );
    const study = await runStudy(
      {
        market,
        first,
        windowsMs: windowsOf(market, first, windows),
        trials,
        benchmarks,
        placebos: positive(flags.placebos, '--placebos'),
        placebo,
        cashUsd: values.cashUsd,
        costs: values.costs,
        limits: values.risk,
        seed: flags.seed === undefined ? 1 : positive(flags.seed, '--seed'),
      },
      {
        answer: (asked, spent) => asking.answer(asked, spent),
        hash: sha256,
        progress(done) {
          progress.update(done);
        },
        async breathe() {
          await breathe();
          return !stop.requested();
        },
      },
    );
    progress.stop();
    if (study === undefined) {
      output.say(
        'stopped; the same command goes on from here: what was answered is recorded and not asked again',
      );
      return EXIT.fine;
    }
    const about = {
      market: `${values.market.source === 'generated' ? 'generated prices' : resolve(values.market.source)}, ${spanOf(market, first)}`,
      generated: values.market.source === 'generated',
    };
    const folder = resolve(flags.out);
    makeFolder(folder);
    const files = studyFiles(study, about);
    for (const [name, text] of files) writeTextFile(join(folder, name), text);
    if (output.json) output.answer(JSON.parse(files.get('study.json') ?? '{}'));
    else process.stdout.write(studyText(study, about));
    output.say(
      `In ${folder}: study.html to look at, study.txt, study.json and ${String(files.size - 3)} CSV files.`,
    );
    if (study.configurations.length > 0) return EXIT.fine;
    output.say('no trial counts; study.txt says why not');
    return EXIT.degraded;
  } finally {
    progress.stop();
    asking.close();
    stop.dispose();
  }
}

/** Equal weight and each of the two majors: a table of every symbol would hide what it is compared with. */
function benchmarksOn(market: RosterMarket, kinds: Awaited<ReturnType<typeof loadKinds>>): RosterEntry[] {
  const [majors] = parseRoster({ kind: 'buy-and-hold', symbols: 'majors' }, 'benchmarks', market, kinds);
  const held = (majors?.manifest.symbols ?? []).map((symbol) => ({
    kind: 'buy-and-hold',
    symbols: [symbol],
  }));
  const equal = { title: 'equal weight', kind: 'buy-and-hold', symbols: 'all' };
  return parseRoster(market.symbols.length === 1 ? held : [equal, ...held], 'benchmarks', market, kinds);
}

interface Trial {
  readonly entry: RosterEntry;
  readonly name: {
    readonly configuration: string;
    readonly model: string;
    readonly temperature: number | null;
    readonly trial: number;
  };
}

/** Every model at every temperature, so many times. */
function trialsOf(
  flags: StudyFlags,
  market: RosterMarket,
  kinds: Awaited<ReturnType<typeof loadKinds>>,
): Trial[] {
  const count = positive(flags.trials, '--trials');
  const params = paramsIn(flags.params);
  const defaults = modelOfThisMachine(process.env);
  return listOf(flags.models, '--models').flatMap((named) => {
    const [provider, model] = named.includes(':')
      ? [named.slice(0, named.indexOf(':')), named.slice(named.indexOf(':') + 1)]
      : [defaults.provider, named];
    return listOf(flags.temperatures, '--temperatures').flatMap((text) => {
      const temperature = text === 'default' ? null : Number(text);
      if (temperature !== null && !(temperature >= 0 && temperature <= 2))
        throw new Problem('usage', `--temperatures: "${text}" is no temperature`, {
          hint: 'numbers from 0 to 2 with commas between, or "default" for the provider\'s own',
        });
      const configuration = `${provider} ${model} ${temperature === null ? 'default' : `t${text}`}`;
      return Array.from({ length: count }, (_, i) => {
        const { entries } = parseModelFile(
          {
            kind: flags.kind,
            provider,
            model,
            temperature,
            params: { ...params, trial: i + 1 },
            ...(flags.interval === undefined ? {} : { interval: flags.interval }),
          },
          '--models',
          market,
          kinds,
          defaults,
        );
        const [entry] = entries;
        if (entry === undefined || entries.length > 1) throw new Error('a trial is one contestant');
        return { entry, name: { configuration, model, temperature, trial: i + 1 } };
      });
    });
  });
}

function paramsIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Problem('usage', '--params is no JSON object', { hint: `e.g. --params '{"leverageMax": 5}'` });
}

function listOf(text: string, flag: string): string[] {
  const list = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (list.length === 0 || new Set(list).size !== list.length)
    throw new Problem('usage', `${flag}: expected different names with commas between`, {
      hint: `e.g. ${flag} ${flag === '--models' ? 'gpt-4o-mini,anthropic:claude-haiku-4-5' : '0.1,0.7'}`,
    });
  return list;
}

/** A study with models that cannot be asked would be a study of holding. */
function checkAskable(
  entries: readonly RosterEntry[],
  side: ReturnType<typeof openModelSide>,
  mode: string,
): void {
  if (mode === 'replay') return;
  for (const { params } of entries) {
    const { provider, model } = params as { provider: string; model: string };
    const missing = side.missing(provider);
    if (missing !== undefined)
      throw new Problem('usage', `${provider} ${model} cannot be asked: ${missing}`, {
        hint: 'put the key into .env, or replay what was recorded with --llm replay',
      });
    if (side.price(provider, model) === undefined)
      throw new Problem('usage', `${provider} ${model} has no price`, {
        hint: 'give it one in a price table of your own: llm.prices',
      });
  }
}

function marketFor(market: MarketTable): RosterMarket {
  return {
    symbols: market.symbols,
    instrument: market.instruments.some(({ type }) => type === 'perpetual') ? 'perpetual' : 'spot',
    timeframe: market.timeframe,
  };
}

/** Equal parts of the window, each beginning at a bar. */
function windowsOf(market: MarketTable, first: number, windows: number): number[] {
  const bars = market.length - first;
  return Array.from(
    { length: windows },
    (_, w) => market.openTimesMs[first + Math.floor((w * bars) / windows)] ?? NaN,
  );
}

function spanOf({ openTimesMs, timeframe, length }: MarketTable, first: number): string {
  const end = (openTimesMs[length - 1] ?? NaN) + timeframeMs(timeframe);
  return `${formatForPeople(openTimesMs[first] ?? NaN)} to ${formatForPeople(end)}, ${timeframe} bars`;
}

/** The same study is the same run in the recording, so that `--llm live` goes on where it was stopped. */
function studyName(flags: StudyFlags): string {
  const { models, temperatures, trials, market, from, to, interval, kind, params } = flags;
  return `study ${sha256(JSON.stringify([models, temperatures, trials, market, from, to, interval, kind, params])).slice(0, 16)}`;
}
