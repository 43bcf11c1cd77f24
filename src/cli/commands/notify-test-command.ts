import { Problem } from '../../core/domain/problem.js';
import type { Delivery } from '../../ports/notifier.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { notePlaces, notifier } from '../wire.js';

/** Longer than one attempt, so that a slow place and a first retry have their chance. */
const WAIT_MS = 12_000;

/** `notify test`: one note to every place; 0 when all have it, 1 when one has not, 2 when there is none. */
export async function notifyTestCommand(flags: { readonly json?: boolean }): Promise<number> {
  const output = createOutput(flags.json === true);
  const places = notePlaces();
  if (places.length === 0)
    throw new Problem('usage', 'the environment names no place for notes', {
      hint: 'set NOTIFY_WEBHOOK_URL, DISCORD_WEBHOOK_URL or SLACK_WEBHOOK_URL; .env.example says how',
    });
  const attempts: Delivery[] = [];
  const notes = notifier(
    () => {},
    (delivery) => {
      attempts.push(delivery);
      output.say(`${delivery.place}: ${describe(delivery)}`);
    },
  );
  const at = Date.now();
  notes.tell({
    event: 'test',
    level: 'info',
    title: 'a test note of the strategy arena',
    text: 'Whoever reads this will hear of candidates, promotions, kills, breakers and processes that died.',
    at,
    facts: { places: places.length },
    key: `test-${String(at)}`,
  });
  // Ends as soon as every place has answered for good.
  await notes.close(WAIT_MS);
  const results = places.map((place) => {
    const mine = attempts.filter((attempt) => attempt.place === place);
    const last = mine.at(-1)?.outcome;
    return {
      place,
      sent: last?.kind === 'sent',
      status: last?.status ?? null,
      attempts: mine.length,
      ...(last === undefined || last.kind === 'sent' ? {} : { why: last.why }),
    };
  });
  const sent = results.filter((result) => result.sent).length;
  output.say(`${String(sent)} of ${String(places.length)} have the note`);
  output.answer({ results });
  return sent === places.length ? EXIT.fine : EXIT.degraded;
}

function describe({ outcome }: Delivery): string {
  if (outcome.kind === 'sent') return `it took the note (${String(outcome.status)})`;
  if (outcome.kind === 'refused') return `refused: ${outcome.why}`;
  const wait = outcome.retryAfterMs;
  return `${outcome.why}${wait === undefined ? '' : `; not before ${String(Math.ceil(wait / 1000))} s from now`}`;
}
