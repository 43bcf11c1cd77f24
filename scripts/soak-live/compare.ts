import type { MarketTable } from '../../src/core/domain/market-table.js';
import { HOUR_MS, formatMinuteUtc } from '../../src/core/domain/time.js';
import type { Expected } from './data-faults.js';
import type { LivePlayed } from './play-live.js';

/** More are counted, not told. */
const MOST_TOLD = 20;

/** What a run has missed and noted otherwise than its faults made it; empty: nothing more and nothing less. */
export function differencesOfLog(played: LivePlayed, expected: Expected): string[] {
  const { symbols } = expected.used;
  const named = ({ openMs, symbol }: { openMs: number; symbol: number }, what: string): string =>
    `${formatMinuteUtc(openMs)} ${symbols[symbol] ?? ''} ${what}`;
  return [
    ...differencesOfLists(
      played.missed.map((miss) => named(miss, miss.reason)),
      expected.missed.map((miss) => named(miss, miss.reason)),
    ),
    ...differencesOfLists(
      played.corrections.map((one) => named(one, one.kind)),
      expected.corrections.map((one) => named(one, one.kind)),
    ),
    ...differencesOfLists(
      played.lateFunding.map(({ timeMs, symbol }) => named({ openMs: timeMs, symbol }, 'late rate')),
      expected.lateFunding.map(({ timeMs, symbol }) => named({ openMs: timeMs, symbol }, 'late rate')),
    ),
    ...differencesOfTables(played.corrected, expected.known),
  ];
}

/** The first lines that differ. */
export function differencesOfDumps(a: readonly string[], b: readonly string[]): string[] {
  const found: string[] = [];
  for (let n = 0; n < Math.max(a.length, b.length) && found.length < MOST_TOLD; n++)
    if (a[n] !== b[n]) found.push(`line ${String(n + 1)}: ${short(a[n])} and ${short(b[n])}`);
  return found;
}

function differencesOfLists(found: readonly string[], expected: readonly string[]): string[] {
  const left = [...expected];
  const more: string[] = [];
  for (const one of found) {
    const at = left.indexOf(one);
    if (at < 0) more.push(one);
    else left.splice(at, 1);
  }
  return [
    ...more.map((one) => `not made by a fault: ${one}`),
    ...left.map((one) => `not in the log: ${one}`),
  ];
}

function differencesOfTables(found: MarketTable, expected: MarketTable): string[] {
  if (found.length !== expected.length)
    return [`${String(found.length)} bars are known, not ${String(expected.length)}`];
  const rates = expected.symbols.flatMap((symbol, s) => {
    const endMs = (expected.openTimesMs[expected.length - 1] ?? NaN) + HOUR_MS;
    const of = ({ funding }: MarketTable): string[] =>
      [...(funding[s]?.timesMs ?? [])].flatMap((timeMs, k) =>
        timeMs < endMs ? [`${symbol} ${formatMinuteUtc(timeMs)} rate ${String(funding[s]?.rates[k])}`] : [],
      );
    return differencesOfLists(of(found), of(expected));
  });
  const bars = expected.symbols.flatMap((symbol, s) =>
    (['open', 'high', 'low', 'close', 'volume'] as const).flatMap((field) => {
      const wanted = expected.candles[s]?.[field];
      const got = found.candles[s]?.[field];
      return Array.from({ length: expected.length }, (_, t) => t)
        .filter((t) => !Object.is(got?.[t], wanted?.[t]))
        .map(
          (t) =>
            `${symbol} ${formatMinuteUtc(expected.openTimesMs[t] ?? NaN)}: ${field} is known as ${String(got?.[t])}, not ${String(wanted?.[t])}`,
        );
    }),
  );
  return [...rates, ...bars];
}

function short(line: string | undefined): string {
  return line === undefined ? 'nothing' : line.slice(0, 160);
}
