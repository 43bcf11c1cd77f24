import { z } from 'zod';
import type { StoredRound } from '../ports/arena-store.js';
import type { Note, NoteEvent, NoteLevel } from '../ports/notifier.js';

const atSchema = z.looseObject({ event: z.literal('at'), bar: z.number().nullable() });
const eventSchema = z.looseObject({
  event: z.string(),
  name: z.string().optional(),
  champion: z.string().optional(),
  candidate: z.string().optional(),
  generation: z.number().optional(),
  what: z.string().optional(),
  why: z.string().optional(),
  reason: z.string().optional(),
});
type DeployerLine = z.infer<typeof eventSchema>;

/** What the deployer's events are called here, how loud they are, and how they are said. Others are not told. */
const KNOWN: Readonly<Record<string, readonly [NoteEvent, NoteLevel, (line: DeployerLine) => string]>> = {
  deployed: ['deployed', 'info', (line) => `${who(line)} is deployed${generation(line)}`],
  rejected: ['refused', 'info', (line) => `${who(line)} was not deployed`],
  promoted: ['approved', 'info', (line) => `${who(line)} was approved and is promoted${generation(line)}`],
  'candidate-rejected': ['refused', 'info', (line) => `${line.what ?? 'a candidate'} was turned down`],
  refused: ['refused', 'warning', (line) => `${line.what ?? who(line)} was refused`],
  'rolled-back': ['rolled-back', 'warning', (line) => `back to ${who(line)}${generation(line)}`],
  failed: ['review', 'critical', (line) => `${who(line)} could not be brought to trade`],
  review: ['review', 'warning', (line) => `${who(line)} should be looked at`],
  alarm: ['review', 'critical', (line) => `alarm: ${line.what ?? who(line)}`],
  'process-died': ['process-died', 'critical', (line) => `the ${line.what ?? 'paper trader'} died`],
  'process-back': ['process-back', 'warning', (line) => `the ${line.what ?? 'paper trader'} is back`],
  'gave-up': [
    'process-died',
    'critical',
    (line) => `the ${line.what ?? 'paper trader'} is not started again`,
  ],
};

/** What people should hear of one round of the deployer's journal. */
export function notesOfDeployerRound(round: StoredRound): readonly Note[] {
  const lines = round.events.map((line): unknown => JSON.parse(line));
  const at = lines.map((line) => atSchema.safeParse(line).data?.bar).find((bar) => typeof bar === 'number');
  return lines.flatMap((raw, i): readonly Note[] => {
    const parsed = eventSchema.safeParse(raw);
    if (!parsed.success) return [];
    const line = parsed.data;
    const known = Object.hasOwn(KNOWN, line.event) ? KNOWN[line.event] : undefined;
    if (known === undefined) return [];
    const [event, level, title] = known;
    return [
      {
        event,
        level,
        title: title(line),
        text: line.why ?? line.reason ?? 'npm run status shows how things stand.',
        at: at ?? NaN,
        facts: factsOf(line),
        key: `deployer-${String(round.seq)}-${round.hash.slice(0, 8)}-${String(i)}`,
      },
    ];
  });
}

function who(line: DeployerLine): string {
  return line.name ?? (line.candidate ?? line.champion)?.slice(0, 8) ?? 'the champion';
}

function generation(line: DeployerLine): string {
  return line.generation === undefined ? '' : `, generation ${String(line.generation)}`;
}

/** Every plain value of the event that the title and the text do not say. */
function factsOf(line: DeployerLine): Note['facts'] {
  const said = ['event', 'effect', 'name', 'what', 'why', 'reason'];
  return Object.fromEntries(
    Object.entries(line).filter(
      (entry): entry is [string, string | number] =>
        !said.includes(entry[0]) && (typeof entry[1] === 'string' || typeof entry[1] === 'number'),
    ),
  );
}
