import type { LoadedConfig } from './config/load-config.js';
import { loadConfig } from './config/load-config.js';
import { plainSymbols } from './config/plain-symbols.js';
import { type MeasuredCosts, costsOfTable } from './read-cost-table.js';

/** Flags of arena commands, as commander gives them: all text or true. */
export interface ArenaFlags {
  readonly state?: string;
  readonly json?: boolean;
  readonly market?: string;
  readonly timeframe?: string;
  readonly from?: string;
  readonly to?: string;
  readonly days?: string;
  readonly symbols?: string;
  readonly seed?: string;
  readonly instrument?: string;
  readonly exchange?: string;
  readonly exchangeUrl?: string;
  readonly secondExchange?: string;
  readonly secondExchangeUrl?: string;
  readonly contestants?: string;
  readonly deployments?: string;
  readonly paper?: string;
  readonly balance?: string;
  readonly fills?: string;
  readonly costs?: string;
  readonly once?: boolean;
  readonly speed?: string;
  readonly lockStep?: boolean;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
  readonly config?: string;
  readonly llm?: string;
  readonly recordings?: string;
  readonly threads?: string;
  readonly workers?: string;
  readonly jsonLogs?: boolean;
  readonly logLevel?: string;
  readonly metricsPort?: string;
}

/** Settings from defaults, file, environment and these flags. */
export function configFor(flags: ArenaFlags): LoadedConfig {
  const config = configWith(flags, undefined);
  if (flags.costs === undefined) return config;
  // Which rows of a table count depends on the symbols of the other settings.
  return configWith(flags, costsOfTable(flags.costs, config.values.market.symbols));
}

function configWith(flags: ArenaFlags, measured: MeasuredCosts | undefined): LoadedConfig {
  const loaded = loadConfig({
    cwd: process.cwd(),
    env: process.env,
    ...(flags.config === undefined ? {} : { file: flags.config }),
    flags: {
      'state.folder': flags.state,
      'contestants.folder': flags.contestants,
      'deployments.folder': flags.deployments,
      'paper.folder': flags.paper,
      'paper.cashUsd': flags.balance,
      'paper.fills': flags.fills,
      'costs.halfSpreadBps': measured === undefined ? undefined : String(measured.halfSpreadBps),
      'costs.slippageBps': measured === undefined ? undefined : String(measured.slippageBps),
      'market.source': flags.market,
      'market.timeframe': flags.timeframe,
      'market.symbols': flags.symbols,
      'market.seed': flags.seed,
      'market.instrument': flags.instrument,
      'market.exchange': flags.exchange,
      'market.exchangeUrl': flags.exchangeUrl,
      'market.secondExchange': flags.secondExchange,
      'market.secondExchangeUrl': flags.secondExchangeUrl,
      'llm.mode': flags.llm,
      'llm.recordings': flags.recordings,
      'logs.level': flags.logLevel,
    },
  });
  const { market } = loaded.values;
  const symbols = plainSymbols(market);
  if (symbols === undefined) return loaded;
  return { ...loaded, values: { ...loaded.values, market: { ...market, symbols: [...symbols] } } };
}
