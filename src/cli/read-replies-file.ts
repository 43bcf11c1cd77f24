import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { RecordedReply } from '../app/judge-replies.js';
import { Problem } from '../core/domain/problem.js';
import type { TradeSignal } from '../core/strategies/llm/trade-signal.js';
import { parseJsonFile } from './parse-json-file.js';

/** 3,400 replies are 14 MB. */
const MOST_BYTES = 200_000_000;

const figure = z.number().nullable();
const signalSchema = z.object({
  coin: z.string(),
  signal: z.enum(['buy', 'sell', 'hold', 'close_position']),
  quantity: figure,
  leverage: figure,
  stop_loss: figure,
  profit_target: figure,
  confidence: figure,
  risk_usd: figure,
  invalidation_condition: z.string().nullable(),
});

const replySchema = z.object({
  class: z.string(),
  raw_response: z.string(),
  recorded_signals: z.array(signalSchema),
  tolerant_signals: z.array(signalSchema).nullable().optional(),
});

const fileSchema = z.object({ cases: z.array(replySchema) });

const SHAPE =
  'write { "cases": [{ "class": "signals", "raw_response": "...", "recorded_signals": [{ "coin": "BTC", "signal": "buy", ... }] }] }, with "tolerant_signals" where the class is another one';

/** Recorded replies from a file, `.json` or `.json.gz`; a Problem names file, place and what to do. */
export function readRepliesFile(file: string): RecordedReply[] {
  const parsed = fileSchema.safeParse(parseJsonFile(readText(file), file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : ` ${placeOf(issue.path)}:`;
    throw new Problem('input', `${file}:${place} ${issue?.message ?? 'has the wrong shape'}`, {
      hint: SHAPE,
    });
  }
  return parsed.data.cases.map((reply) => ({
    text: reply.raw_response,
    // What the recorded system made of a damaged reply is no measure; what the text says is.
    expected: (reply.class === 'signals' || reply.tolerant_signals === undefined
      ? reply.recorded_signals
      : (reply.tolerant_signals ?? [])
    ).map(signalOf),
  }));
}

function readText(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false });
  if (size?.isFile() !== true)
    throw new Problem('input', `${file}: there is no such file of replies`, { hint: 'check the path' });
  if (size.size > MOST_BYTES) throw tooLarge(file);
  const bytes = readFileSync(file);
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (zipped ? unzipped(bytes, file) : bytes).toString('utf8');
}

function unzipped(bytes: Buffer, file: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(file);
    throw new Problem('input', `${file}: cannot be unzipped`, {
      hint: 'the download may be incomplete; try gzip -t on it',
      cause: error,
    });
  }
}

function tooLarge(file: string): Problem {
  return new Problem('input', `${file}: more than ${String(MOST_BYTES / 1e6)} MB of replies`, {
    hint: 'split it into several files',
  });
}

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function signalOf(signal: z.infer<typeof signalSchema>): TradeSignal {
  return {
    coin: signal.coin,
    signal: signal.signal,
    quantity: signal.quantity,
    leverage: signal.leverage,
    profitTarget: signal.profit_target,
    stopLoss: signal.stop_loss,
    confidence: signal.confidence,
    riskUsd: signal.risk_usd,
    invalidation: signal.invalidation_condition,
  };
}
