import { dirname, resolve } from 'node:path';
import type { DoctorFinding } from '../../reporting/doctor-text.js';
import { doctorText } from '../../reporting/doctor-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { type ExchangeQuestion, checkExchange } from '../doctor/check-exchange.js';
import { checkFolder } from '../doctor/check-folder.js';
import { checkBrowser, checkCandleCache, checkNode, checkSqlite } from '../doctor/check-machine.js';
import {
  checkEnvironmentFile,
  checkModelKeys,
  checkNotePlaces,
  problemFinding,
} from '../doctor/check-secrets.js';
import { checkStates } from '../doctor/check-states.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { usualSymbols } from '../usual-symbols.js';
import { workersOnQueue } from '../wire.js';

const SLOW_MS = 2_000;

type DoctorFlags = ArenaFlags & { readonly offline?: boolean };

/** `doctor`: 0 where nothing fails, 1 otherwise. */
export async function doctorCommand(flags: DoctorFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const isOffline = flags.offline === true;
  const findings: DoctorFinding[] = [
    checkNode(process.versions.node),
    checkSqlite(),
    checkEnvironmentFile('.env'),
    checkModelKeys(values.llm, process.env),
    checkNotePlaces(),
    ...foldersOf(values).map(([name, folder]) => checkFolder(name, folder)),
    ...checkStates(values, Date.now()),
    checkCandleCache(process.env),
    checkBrowser(),
    await checkQueue(isOffline),
    ...(isOffline
      ? [{ check: 'exchange', verdict: 'skip' as const, text: '--offline' }]
      : await saidWhereSlow(checkExchanges(values, flags), (text) => {
          if (!output.json) output.note(text);
        })),
  ];
  const fails = findings.filter(({ verdict }) => verdict === 'fail').length;
  const warnings = findings.filter(({ verdict }) => verdict === 'warn').length;
  output.answer({ fails, warnings, findings });
  if (!output.json) {
    output.say(doctorText(findings));
    output.say(fails + warnings === 0 ? 'all is well' : `${String(fails)} fail, ${String(warnings)} warn`);
  }
  return fails === 0 ? EXIT.fine : EXIT.degraded;
}

/** An exchange may take as long as it is given: whoever waits for that is told. */
async function saidWhereSlow<T>(asking: Promise<T>, note: (text: string) => void): Promise<T> {
  const timer = setTimeout(() => {
    note('asking the exchange, for 20 seconds at most ...');
  }, SLOW_MS);
  try {
    return await asking;
  } finally {
    clearTimeout(timer);
  }
}

/** By name; two that are one folder are tried once. */
function foldersOf(values: ArenaConfig): readonly (readonly [string, string])[] {
  const deployments = resolve(values.deployments.folder);
  const folders: readonly (readonly [string, string])[] = [
    ['arena', resolve(values.state.folder)],
    ['deployer', deployments],
    ['paper', resolve(values.paper.folder)],
    ['logs', resolve(dirname(deployments), values.logs.folder)],
    ['recordings', dirname(resolve(values.llm.recordings))],
    ['downloads', resolve('data')],
  ];
  return folders.filter(([, folder], k) => folders.findIndex(([, other]) => other === folder) === k);
}

async function checkQueue(isOffline: boolean): Promise<DoctorFinding> {
  const check = 'redis';
  if ((process.env['REDIS_URL'] ?? '') === '')
    return { check, verdict: 'skip', text: 'REDIS_URL is not set: no workers on other machines' };
  if (isOffline) return { check, verdict: 'skip', text: '--offline' };
  try {
    const { redis, redisVersion, workers } = await workersOnQueue(process.env);
    return { check, verdict: 'ok', text: `${redisVersion} at ${redis}, ${String(workers)} workers` };
  } catch (error) {
    return problemFinding(check, error);
  }
}

async function checkExchanges(
  { market }: ArenaConfig,
  flags: DoctorFlags,
): Promise<readonly DoctorFinding[]> {
  const isLive = market.source === 'live';
  const named = flags.symbols !== undefined || isLive ? market.symbols : undefined;
  const wanted = (at: string): Pick<ExchangeQuestion, 'instrument' | 'symbols' | 'areNamed'> => ({
    instrument: market.instrument,
    // Symbols of other markets mean nothing to an exchange.
    symbols: named ?? usualSymbols(at),
    areNamed: named !== undefined,
  });
  const { exchange, exchangeUrl, secondExchange, secondExchangeUrl } = market;
  const first = await checkExchange({
    ...wanted(exchange),
    exchange,
    url: exchangeUrl,
    isNeeded: isLive || flags.exchange !== undefined,
  });
  if (secondExchange === undefined) return first;
  const second = {
    ...wanted(secondExchange),
    exchange: secondExchange,
    url: secondExchangeUrl,
    isNeeded: isLive,
  };
  return [...first, ...(await checkExchange(second))];
}
