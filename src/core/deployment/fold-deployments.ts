/** What the deployer's journal alone says: the steps' events folded to the fields of the state that they determine. */
import { z } from 'zod';

const champion = { champion: z.string(), name: z.string(), generation: z.int(), why: z.string() };
const eventSchema = z.union([
  z.looseObject({ event: z.enum(['deployed', 'rolled-back', 'healthy', 'active']), ...champion }),
  z.looseObject({ event: z.enum(['failed', 'stopped', 'review']), ...champion }),
  z.looseObject({
    event: z.literal('promoted'),
    ...champion,
    hash: z.string(),
    verdict: z.string(),
    override: z.string().nullable(),
    fromBarMs: z.number().nullable(),
  }),
  z.looseObject({ event: z.enum(['rejected', 'displaced']), champion: z.string(), why: z.string() }),
  z.looseObject({ event: z.literal('fed'), champions: z.array(z.string()) }),
  z.looseObject({ event: z.literal('candidate-rejected'), hash: z.string() }),
  z.looseObject({ event: z.literal('refused') }),
  z.looseObject({
    event: z.literal('request'),
    id: z.string(),
    kind: z.string().nullable(),
    accepted: z.boolean(),
  }),
  z.looseObject({ event: z.literal('at'), bar: z.number().nullable() }),
]);
type DeployerLine = z.infer<typeof eventSchema>;

/** Somebody promoted on evidence, and who was champion before. */
interface FoldedPromotion {
  readonly step: number;
  readonly event: Extract<DeployerLine, { event: 'promoted' }>;
  readonly before: { readonly champion: string | null; readonly generation: number };
}

export interface FoldedDeployments {
  generation: number;
  champion: string | null;
  phase: string;
  /** Ids, the newest last. */
  previous: string[];
  fed: string[];
  displaced: string[];
  rejected: Record<string, string>;
  decided: { hash: string; how: string }[];
  reviewed: number;
  /** What was said of the trial behind the champion of the newest deployment, by champion. */
  readonly trialOf: Map<string, string>;
  /** Whom each generation made champion. */
  readonly champions: Map<number, string>;
  readonly promotions: FoldedPromotion[];
  /** Requests that the steps name, with the step and the line. */
  readonly requests: { readonly id: string; readonly step: number; readonly line: string }[];
}

/** As many as the deployer's state remembers. */
const REMEMBERED = 20;

/** Throws where an event is none that the deployer writes, or a generation is not the next one. */
export function foldDeployments(
  steps: Iterable<{ readonly seq: number; readonly events: readonly string[] }>,
): FoldedDeployments {
  const fold: FoldedDeployments = {
    generation: 0,
    champion: null,
    phase: 'none',
    previous: [],
    fed: [],
    displaced: [],
    rejected: {},
    decided: [],
    reviewed: 0,
    trialOf: new Map(),
    champions: new Map(),
    promotions: [],
    requests: [],
  };
  for (const { seq, events } of steps)
    for (const line of events) {
      const event = eventSchema.safeParse(JSON.parse(line));
      if (!event.success)
        throw new Error(`step ${String(seq)}: an event has the wrong shape: ${line.slice(0, 80)}`);
      take(fold, event.data, seq, line);
    }
  return fold;
}

function take(fold: FoldedDeployments, event: DeployerLine, step: number, line: string): void {
  switch (event.event) {
    case 'deployed':
      install(fold, event, step);
      fold.trialOf.set(event.champion, event.why);
      return;
    case 'promoted':
      fold.promotions.push({
        step,
        event,
        before: { champion: fold.champion, generation: fold.generation },
      });
      install(fold, event, step);
      fold.decided = [...fold.decided, { hash: event.hash, how: 'approved' }].slice(-REMEMBERED);
      if (!fold.fed.includes(event.champion)) fold.fed.push(event.champion);
      return;
    case 'rolled-back': {
      const left = fold.champion;
      const target = fold.previous.pop();
      if (target !== event.champion)
        throw new Error(
          `step ${String(step)}: rolled back to ${event.name}, which was not the champion before`,
        );
      fold.champion = null;
      install(fold, event, step);
      if (left !== null) fold.rejected[left] = `rolled back: ${event.why}`;
      return;
    }
    case 'healthy':
    case 'active':
      fold.phase = event.event;
      return;
    case 'failed':
      // Where there is somebody to go back to, the rollback follows in the same step.
      fold.phase = 'failed';
      return;
    case 'review':
      fold.reviewed = event.generation;
      return;
    case 'rejected':
      fold.rejected[event.champion] = event.why;
      return;
    case 'displaced':
      fold.fed = fold.fed.filter((id) => id !== event.champion);
      fold.displaced.push(event.champion);
      return;
    case 'fed':
      fold.fed.push(...event.champions);
      return;
    case 'candidate-rejected':
      fold.decided = [...fold.decided, { hash: event.hash, how: 'rejected' }].slice(-REMEMBERED);
      return;
    case 'request':
      fold.requests.push({ id: event.id, step, line });
      return;
    case 'stopped':
    case 'refused':
    case 'at':
      return;
  }
}

function install(
  fold: FoldedDeployments,
  event: { readonly champion: string; readonly generation: number },
  step: number,
): void {
  if (event.generation !== fold.generation + 1)
    throw new Error(
      `step ${String(step)}: generation ${String(event.generation)} is decided after generation ${String(fold.generation)}`,
    );
  if (fold.champion !== null) fold.previous = [...fold.previous, fold.champion].slice(-REMEMBERED);
  fold.generation = event.generation;
  fold.champion = event.champion;
  fold.phase = 'starting';
  fold.champions.set(event.generation, event.champion);
}
