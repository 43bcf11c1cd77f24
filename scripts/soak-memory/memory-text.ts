import { fixed, grouped, textTable } from '../../src/reporting/text-table.js';
import type { MemoryOfDay, MemorySettings } from './memory-of-arena.js';

/** Memory may grow by so much after the second day. */
export const GROWTH_FLOOR = 0.05;
const MIB = 1024 * 1024;
/** Days whose mean is compared: from one to the next it goes up and down by some per cent. */
const DAYS_OF_A_MEAN = 3;

/** The last days against those after the first, as a fraction of what is kept: of what the system sees, without room for new objects. */
export function growthOf(days: readonly MemoryOfDay[]): number {
  return meanOf(days.slice(-DAYS_OF_A_MEAN)) / meanOf(days.slice(1, 1 + DAYS_OF_A_MEAN)) - 1;
}

export function memoryText(
  { days: wanted, hourMs, instrument }: MemorySettings,
  days: readonly MemoryOfDay[],
): string[] {
  return [
    `${String(wanted)} days of a live arena on ${instrument === 'spot' ? 'spot' : 'perpetuals'}, an hour in ${grouped(hourMs)} ms; memory at the end of days, after a collection`,
    '',
    ...textTable(
      [
        { title: 'day', align: 'right', cell: ({ day }) => String(day) },
        { title: 'rounds', align: 'right', cell: ({ rounds }) => grouped(rounds) },
        { title: 'resident MiB', align: 'right', cell: ({ residentBytes }) => fixed(residentBytes / MIB, 1) },
        { title: 'young MiB', align: 'right', cell: ({ youngBytes }) => fixed(youngBytes / MIB, 1) },
        { title: 'kept MiB', align: 'right', cell: (day) => fixed(keptBytes(day) / MIB, 1) },
        { title: 'objects MiB', align: 'right', cell: ({ heapBytes }) => fixed(heapBytes / MIB, 1) },
        { title: 'buffers MiB', align: 'right', cell: ({ bufferBytes }) => fixed(bufferBytes / MIB, 1) },
        {
          title: 'files and connections',
          align: 'right',
          cell: ({ descriptors }) => (descriptors === undefined ? 'n/a' : String(descriptors)),
        },
      ],
      days,
    ),
    '',
    `kept (resident without V8's room for new objects), mean of the last three days over that of days 2 to 4: ${fixed(growthOf(days) * 100, 1)} % (at most ${String(GROWTH_FLOOR * 100)} %)`,
  ];
}

function meanOf(days: readonly MemoryOfDay[]): number {
  return days.reduce((total, day) => total + keptBytes(day), 0) / days.length;
}

function keptBytes({ residentBytes, youngBytes }: MemoryOfDay): number {
  return residentBytes - youngBytes;
}
