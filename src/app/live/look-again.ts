/**
 * Bars and rates that rounds were played without may come long after. Answers repeat the newest bars only, and rates from the newest
 * known one on, so that older ones are asked for once more, after 4, 8, 16 ... bars, between two rounds. A market that misses nothing
 * is asked nothing.
 */
import { DAY_MS, type TimeMs } from '../../core/domain/time.js';
import type { Correction } from '../../ports/market-log.js';
import { VenueFault, type VenueFunding } from '../../ports/venue.js';
import { LOOK_BACK } from './ask-venue.js';
import { type FeedMemory, nextOpenMs, venueNow } from './feed-memory.js';
import { findCorrections } from './find-corrections.js';
import { isRateKnown } from './funding-rhythm.js';
import { otherPrices } from './other-prices.js';
import { askForSymbol, noAnswer } from './symbol-answers.js';
import { noteLateFunding } from './take-slots.js';

/** Venues change no history that is older. */
const OLDEST_MS = 30 * DAY_MS;
/** Requests between two rounds; what is left is asked for after the next one. */
const MOST_REQUESTS = 5;
/** Bars that one request covers. */
const MOST_BARS = 100;
/** When less of the bar is left than this the next round comes first. */
const LEAST_LEFT_FRACTION = 0.25;

interface Wanted {
  readonly what: 'bars' | 'rates';
  readonly symbol: number;
  readonly firstMs: TimeMs;
  lastMs: TimeMs;
  readonly keys: string[];
}

/** Asks for what is due, and returns which bars are known otherwise now; the log has them then, and rates too. */
export async function lookAgain(memory: FeedMemory, dueMs: TimeMs): Promise<readonly Correction[]> {
  const { barMs } = memory;
  const all: Correction[] = [];
  let requests = 0;
  for (const wanted of dueAgain(memory)) {
    if (requests >= MOST_REQUESTS || dueMs - venueNow(memory) < barMs * LEAST_LEFT_FRACTION) break;
    requests++;
    if (wanted.what === 'bars') all.push(...(await askForBars(memory, wanted)));
    else await askForRates(memory, wanted);
  }
  return all;
}

async function askForBars(memory: FeedMemory, wanted: Wanted): Promise<readonly Correction[]> {
  const { setup, head, barMs, market, doubted, known } = memory;
  const { symbol: s, firstMs, lastMs, keys } = wanted;
  const symbol = head.symbols[s] ?? '';
  // Bars around them that were played tell whether the answer is about this symbol.
  const fromMs = firstMs - LOOK_BACK * barMs;
  const answer = noAnswer();
  await askForSymbol(
    setup.venue,
    {
      symbol,
      timeframe: head.timeframe,
      fromMs,
      count: Math.round((lastMs - fromMs) / barMs) + 1 + LOOK_BACK,
      fundingFromMs: undefined,
      askedMs: venueNow(memory),
      isOther: (bars) => otherPrices(memory, s, bars),
    },
    answer,
  );
  // Without an answer they are asked for again after the next round.
  if (answer.askedMs === undefined || answer.isGone) return [];
  looked(memory, keys);
  const answers = head.symbols.map((_, k) => (k === s ? answer : noAnswer()));
  const found = findCorrections(market.table, answers, setup.settle.settleMs, doubted, known);
  if (found.length > 0) setup.log.append([], found);
  return found;
}

/** Nobody is charged any more; `arena diff` knows what it would have been. */
async function askForRates(memory: FeedMemory, { symbol, firstMs, keys }: Wanted): Promise<void> {
  const { setup, head } = memory;
  let rates: readonly VenueFunding[] = [];
  try {
    rates = await setup.venue.funding(head.symbols[symbol] ?? '', firstMs);
  } catch (error) {
    if (!(error instanceof VenueFault)) throw error;
    // Without an answer they are asked for again after the next round; a symbol that is gone has none.
    if (error.kind !== 'unknown-symbol') return;
  }
  looked(memory, keys);
  const endMs = nextOpenMs(memory);
  const late = rates
    .filter(({ timeMs }) => timeMs < endMs && !isRateKnown(memory, symbol, timeMs, timeMs + 1))
    .map(({ timeMs, rate }) => ({ symbol, timeMs, rate }));
  if (late.length === 0) return;
  setup.log.append([], [], late);
  noteLateFunding(memory, late);
}

function looked(memory: FeedMemory, keys: readonly string[]): void {
  for (const key of keys) memory.lookedAgain.set(key, stageOf(ageOf(memory, Number(key.split(' ')[0]))));
}

/** What was missed and is due to be asked for again, neighbours together, oldest first. */
function dueAgain(memory: FeedMemory): readonly Wanted[] {
  const { barMs, lookedAgain, known, setup, openMisses } = memory;
  const runs: Wanted[] = [];
  for (const [key, { openMs, symbol, reason }] of openMisses) {
    const age = ageOf(memory, openMs);
    const what = reason === 'no-funding' ? 'rates' : 'bars';
    const isKnown = what === 'bars' ? known.has(key) : isRateKnown(memory, symbol, openMs, openMs + barMs);
    if (isKnown || age * barMs > OLDEST_MS || openMs < setup.fromMs) {
      openMisses.delete(key);
      lookedAgain.delete(key);
      continue;
    }
    const stage = stageOf(age);
    if (stage <= (lookedAgain.get(key) ?? 0)) continue;
    const run = runs.find((one) => one.what === what && one.symbol === symbol && joins(one, openMs, barMs));
    if (run === undefined) runs.push({ what, symbol, firstMs: openMs, lastMs: openMs, keys: [key] });
    else {
      run.lastMs = openMs;
      run.keys.push(key);
    }
  }
  return runs;
}

/** Rates are told from a time on, bars as many as are asked for. */
function joins({ what, firstMs, lastMs }: Wanted, openMs: TimeMs, barMs: number): boolean {
  return what === 'rates' || (openMs - lastMs <= LOOK_BACK * barMs && openMs - firstMs < MOST_BARS * barMs);
}

/** Bars since it. */
function ageOf(memory: FeedMemory, openMs: TimeMs): number {
  return Math.round((nextOpenMs(memory) - openMs) / memory.barMs) - 1;
}

/** 0 while answers still repeat it, then one more each time its age has doubled. */
function stageOf(age: number): number {
  return age <= LOOK_BACK ? 0 : Math.floor(Math.log2(age / (LOOK_BACK + 1))) + 1;
}
