import { resolve } from 'node:path';
import type { ArenaSettings } from '../../app/arena-settings.js';
import { GENERATED_FROM_MS, chooseFirstBar } from '../../app/choose-market.js';
import { Problem } from '../../core/domain/problem.js';
import { timeframeMs } from '../../core/domain/time.js';
import { GENERATED_SYMBOLS } from '../../core/market/generate-market.js';
import type { ArenaFlags } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { parseFrom } from '../parse-date.js';
import { recordedTable } from '../wire-candles.js';

/** Settings of a new arena, from configuration and flags. Reads the candles to find the first bar. */
export function newSettings(values: ArenaConfig, flags: ArenaFlags): ArenaSettings {
  return {
    market: values.market.source === 'generated' ? generated(values, flags) : recorded(values, flags),
    cashUsd: values.cashUsd,
    costs: values.costs,
    limits: values.risk,
    minimumHours: values.board.minimumHours,
    pruning: values.pruning,
    cohort: values.cohort,
  };
}

/** How many symbols a generated market has when nobody says which. */
const GENERATED_DEFAULT = 10;

function generated(values: ArenaConfig, flags: ArenaFlags): ArenaSettings['market'] {
  const symbols = values.market.symbols ?? GENERATED_SYMBOLS.slice(0, GENERATED_DEFAULT);
  const barMs = timeframeMs(values.market.timeframe);
  const fromMs =
    flags.from === undefined ? GENERATED_FROM_MS : Math.ceil(parseFrom(flags.from, '--from') / barMs) * barMs;
  return {
    source: 'generated',
    seed: values.market.seed,
    ...(values.market.instrument === 'spot' ? {} : { instrument: values.market.instrument }),
    timeframe: values.market.timeframe,
    symbols: [...symbols],
    fromMs,
    warmupBars: values.market.warmupBars,
  };
}

function recorded(values: ArenaConfig, flags: ArenaFlags): ArenaSettings['market'] {
  const folder = resolve(values.market.source);
  const table = recordedTable(folder, values.market.timeframe, values.market.symbols);
  const from = flags.from === undefined ? undefined : parseFrom(flags.from, '--from');
  return {
    source: 'recorded',
    folder,
    seed: 0,
    timeframe: values.market.timeframe,
    symbols: [...table.symbols],
    ...chooseFirstBar(table, from, values.market.warmupBars),
  };
}

/** What a live market cannot do: it has no end and no past to begin in, and a round takes milliseconds. */
export function refuseInLive(flags: ArenaFlags): void {
  const words = { from: '--from', to: '--to', speed: '--speed', threads: '--threads', workers: '--workers' };
  for (const [name, flag] of Object.entries(words))
    if (flags[name as keyof typeof words] !== undefined)
      throw new Problem('usage', `${flag} is for replays; a live market is played bar by bar as it happens`, {
        hint: `leave ${flag} away; npm run market -- download makes a folder of candles to replay`,
      });
}

/** An existing state goes on with its own market; flags that name another one are a mistake, not a wish. */
export function checkSameMarket(
  settings: ArenaSettings,
  flags: ArenaFlags,
  values: ArenaConfig,
  folder: string,
): void {
  const { market } = settings;
  const barMs = timeframeMs(market.timeframe);
  const differs = (name: string, has: string, asked: string): never => {
    throw new Problem('foreign', `${folder} was started with ${name} ${has}, not ${asked}`, {
      hint: `leave ${name} away to go on, name another --state, or start over with --fresh (the old state is moved aside)`,
    });
  };
  if (flags.costs !== undefined) {
    const { halfSpreadBps, slippageBps } = values.costs;
    if (halfSpreadBps !== settings.costs.halfSpreadBps || slippageBps !== settings.costs.slippageBps)
      differs(
        '--costs',
        `half spread ${String(settings.costs.halfSpreadBps)} and slippage ${String(settings.costs.slippageBps)} bps`,
        `${String(halfSpreadBps)} and ${String(slippageBps)} bps`,
      );
  }
  if (flags.market !== undefined) {
    const word = values.market.source;
    const has = market.source === 'recorded' ? (market.folder ?? '') : market.source;
    const asked = word === 'generated' || word === 'live' ? word : resolve(word);
    if (has !== asked) differs('--market', has, asked);
  }
  if (flags.timeframe !== undefined && flags.timeframe !== market.timeframe)
    differs('--timeframe', market.timeframe, flags.timeframe);
  if (flags.seed !== undefined && market.source === 'generated' && values.market.seed !== market.seed)
    differs('--seed', String(market.seed), flags.seed);
  if (flags.exchange !== undefined && market.source === 'live' && flags.exchange !== market.exchange)
    differs('--exchange', market.exchange ?? '', flags.exchange);
  if (
    flags.secondExchange !== undefined &&
    market.source === 'live' &&
    flags.secondExchange !== market.second
  )
    differs('--second-exchange', market.second ?? 'none', flags.secondExchange);
  if (flags.instrument !== undefined && market.source !== 'recorded') {
    const has = market.instrument ?? 'spot';
    if (has !== values.market.instrument) differs('--instrument', has, values.market.instrument);
  }
  if (flags.symbols !== undefined) {
    const asked = values.market.symbols ?? [];
    if ([...asked].sort().join() !== [...market.symbols].sort().join())
      differs('--symbols', market.symbols.join(','), asked.join(','));
  }
  if (flags.from !== undefined) {
    const asked = parseFrom(flags.from, '--from');
    // A date between two bars means the bar after it.
    if (asked > market.fromMs || market.fromMs - asked >= barMs)
      differs('--from', new Date(market.fromMs).toISOString(), flags.from);
  }
}
