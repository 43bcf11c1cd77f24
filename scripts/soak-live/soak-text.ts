import { fixed, grouped, textTable } from '../../src/reporting/text-table.js';
import type { SoakLife, SoakResult } from './run-soak.js';
import type { CalmLife } from './soak-numbers.js';
import type { SoakSettings } from './soak-plan.js';

/** A round of many rule contestants is committed so soon after its last candle. */
export const COMMIT_FLOOR_MS = 100;

/** Differences and open handles are wrong; the rest is measured. */
export function soakFailures({ calm, delayed, damaged, openHandles }: SoakResult): readonly string[] {
  return [
    ...[calm, delayed, damaged].flatMap(({ differences }) => differences),
    ...openHandles.map((name) => `left open: ${name}`),
  ];
}

export function soakText(settings: SoakSettings, result: SoakResult, numbers: readonly CalmLife[]): string[] {
  const { calm, delayed, damaged, events, openHandles } = result;
  const lives: readonly (readonly [string, SoakLife])[] = [
    ['calm', calm],
    ['delayed', delayed],
    ['damaged', damaged],
  ];
  return [
    `${String(settings.days)} days, seed ${String(settings.seed)}: ${String(settings.contestants)} contestants on ${String(settings.symbols)} ${settings.instrument === 'spot' ? 'symbols' : 'perpetuals, with a second venue and a symbol that is delisted'}, hour by hour`,
    '',
    ...textTable(
      [
        { title: 'life', align: 'left', cell: ([name]) => name },
        { title: 'rounds', align: 'right', cell: ([, { played }]) => grouped(played.rounds) },
        { title: 'fills', align: 'right', cell: ([, { played }]) => grouped(played.fills) },
        { title: 'funding paid', align: 'right', cell: ([, { played }]) => grouped(played.fundingPaid) },
        { title: 'killed', align: 'right', cell: ([, { played }]) => grouped(sum(played.killed)) },
        { title: 'requests', align: 'right', cell: ([, { requests }]) => grouped(requests) },
        {
          title: 'a round and symbol',
          align: 'right',
          cell: ([, life]) => perRoundAndSymbol(life, settings),
        },
        { title: 'missed', align: 'right', cell: ([, { played }]) => grouped(played.missed.length) },
        {
          title: 'corrections',
          align: 'right',
          cell: ([, { played }]) => grouped(played.corrections.length),
        },
        { title: 'late rates', align: 'right', cell: ([, { played }]) => grouped(played.lateFunding.length) },
        { title: 'differences', align: 'right', cell: ([, life]) => grouped(life.differences.length) },
      ],
      lives,
    ),
    '',
    ...textTable(
      [
        { title: 'fault', align: 'left', cell: ([kind]) => kind },
        { title: 'delayed', align: 'right', cell: ([kind]) => grouped(delayed.faults[kind] ?? 0) },
        {
          title: 'damaged',
          align: 'right',
          cell: ([kind]) => grouped(damaged.faults[kind] ?? events[kind] ?? 0),
        },
      ],
      Object.keys({ ...delayed.faults, ...damaged.faults, ...events })
        .sort()
        .map((kind) => [kind] as const),
    ),
    '',
    `open handles left: ${openHandles.length === 0 ? 'none' : openHandles.join(', ')}`,
    ...numbers.map(
      (one) =>
        `a calm day, ${grouped(one.contestants)} contestants on ${String(one.symbols)} symbols: ${fixed(one.requestsPerRound, 2)} requests a round; from the last candle to the commit ${fixed(one.commitMedianMs, 1)} ms (median), ${fixed(one.commitMaxMs, 1)} ms (longest), of which this process worked ${fixed(one.commitMedianCpuMs, 1)} ms (median); floor ${String(COMMIT_FLOOR_MS)} ms`,
    ),
    ...lives.flatMap(([name, { differences }]) =>
      differences.slice(0, MOST_TOLD).map((difference) => `${name}: ${difference}`),
    ),
  ];
}

const MOST_TOLD = 20;

function perRoundAndSymbol({ requests, played }: SoakLife, { symbols }: SoakSettings): string {
  return fixed(requests / played.rounds / symbols, 2);
}

function sum(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
