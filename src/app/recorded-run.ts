import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import {
  type Timeframe,
  type TimeMs,
  formatForPeople,
  isTimeframe,
  timeframeMs,
} from '../core/domain/time.js';

/** Replies of a model that traded elsewhere, by the time at which each was decided. */
export interface RecordedRun {
  readonly run: string;
  /** Undefined where neither file nor name of the run says it. */
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly temperature: number | undefined;
  readonly trial: number | undefined;
  /** An empty text is a call that failed. */
  readonly answers: ReadonlyMap<TimeMs, string>;
}

const replySchema = z.object({
  iteration: z.int().min(0),
  timestamp: z.string(),
  raw_response: z.string().nullish(),
});
const reasoningSchema = z.object({
  backtest_info: z.object({
    checkpoint_id: z.string().min(1).max(200),
    model: z.string().min(1).max(200).nullish(),
    interval: z.string().nullish(),
  }),
  iterations: z.array(replySchema.extend({ model: z.string().nullish() })),
});
const casesSchema = z.object({ cases: z.array(replySchema.extend({ run: z.string().min(1).max(200) })) });

interface Reply {
  readonly run: string;
  readonly timestamp: string;
  readonly text: string;
}

/**
 * Reads the export of one run (`backtest_info`, `iterations`) or a collection of replies (`cases`, each with its run).
 * Both stamp a decision with the open of the candle whose close it was made on: it belongs one bar later.
 */
export function readRecordedRuns(content: unknown, file: string, timeframe: Timeframe): RecordedRun[] {
  if (typeof content === 'object' && content !== null && 'cases' in content) {
    const { cases } = parseAs(casesSchema, content, file);
    return runsOf(
      cases.map((each) => ({ run: each.run, timestamp: each.timestamp, text: each.raw_response ?? '' })),
      () => undefined,
      file,
      timeframe,
    );
  }
  const { backtest_info: info, iterations } = parseAs(reasoningSchema, content, file);
  const { checkpoint_id: run, interval } = info;
  if (typeof interval === 'string' && isTimeframe(interval) && interval !== timeframe)
    throw new Problem('input', `${file}: the run traded ${interval} bars, not ${timeframe}`, {
      hint: `import it for ${interval} bars`,
    });
  const models = [...new Set([info.model, ...iterations.map(({ model }) => model)])].filter(
    (model) => typeof model === 'string',
  );
  return runsOf(
    iterations.map((each) => ({ run, timestamp: each.timestamp, text: each.raw_response ?? '' })),
    () => (models.length === 1 ? models[0] : undefined),
    file,
    timeframe,
  );
}

function runsOf(
  replies: readonly Reply[],
  modelOf: (run: string) => string | undefined,
  file: string,
  timeframe: Timeframe,
): RecordedRun[] {
  const answers = new Map<string, Map<TimeMs, string>>();
  for (const { run, timestamp, text } of replies) {
    const ofRun = answers.get(run) ?? new Map<TimeMs, string>();
    answers.set(run, ofRun);
    const decidedMs = decisionTimeMs(timestamp, file, timeframe);
    const earlier = ofRun.get(decidedMs);
    if (earlier !== undefined && earlier !== text)
      throw new Problem(
        'input',
        `${file}: run ${run} has two different replies for the close at ${formatForPeople(decidedMs)}`,
        { hint: 'a run answers once a bar; leave the one away that did not count' },
      );
    ofRun.set(decidedMs, text);
  }
  if (answers.size === 0)
    throw new Problem('input', `${file}: there are no replies in it`, {
      hint: 'expected a non-empty list `iterations` or `cases`',
    });
  return [...answers].map(([run, ofRun]) => ({
    run,
    model: modelOf(run),
    ...nameParts(run),
    answers: new Map([...ofRun].sort(([a], [b]) => a - b)),
  }));
}

/** The stamp is the candle's open, and without a zone it is UTC; the price that the model saw is the candle's close. */
function decisionTimeMs(timestamp: string, file: string, timeframe: Timeframe): TimeMs {
  const isDate = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/.test(timestamp);
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(timestamp.slice(16));
  const openMs = isDate ? Date.parse(hasZone ? timestamp : `${timestamp.replace(' ', 'T')}Z`) : NaN;
  if (Number.isNaN(openMs))
    throw new Problem('input', `${file}: ${JSON.stringify(timestamp)} is no time`, {
      hint: 'expected a time like 2025-10-17T04:00:00, in UTC',
    });
  if (openMs % timeframeMs(timeframe) !== 0)
    throw new Problem('input', `${file}: at ${timestamp} no ${timeframe} bar opens`, {
      hint: 'name the bars that the run traded',
    });
  return openMs + timeframeMs(timeframe);
}

/** What names like `openai_oct_31_temp07_trial2` say; temp07 is 0.7. */
function nameParts(run: string): Pick<RecordedRun, 'provider' | 'temperature' | 'trial'> {
  const temperature = /(?:^|_)temp(\d)(\d)(?=_|$)/.exec(run);
  const trial = /(?:^|_)trial(\d{1,4})(?=_|$)/.exec(run)?.[1];
  const provider = /^(openai|anthropic|deepseek|google|xai|alibaba)(?=_|$)/.exec(run)?.[1];
  return {
    provider,
    temperature: temperature === null ? undefined : Number(`${temperature[1] ?? ''}.${temperature[2] ?? ''}`),
    trial: trial === undefined ? undefined : Number(trial),
  };
}

function parseAs<T>(schema: z.ZodType<T>, content: unknown, file: string): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(
    'input',
    `${[file, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'has the wrong shape'}`,
    {
      hint: 'expected the export of a run (backtest_info, iterations) or a collection of replies (cases)',
    },
  );
}
