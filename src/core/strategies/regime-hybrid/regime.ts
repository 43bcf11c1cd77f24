/**
 * The regime agent: a slow layer names the state of a market, a fast layer of rules turns that and the newest bar into
 * trades. The slow layer is a language model (`regime-hybrid`) or a formula (`regime-rules`); the rules are the same,
 * so that the board shows what the model is worth. `llm-direct` asks the model for the trades themselves.
 */
import { z } from 'zod';
import { printable } from '../../domain/printable.js';
import { findBlocks } from '../llm/find-blocks.js';
import { type FoundMember, membersByName } from '../llm/members-by-name.js';
import { readNumber } from '../llm/read-number.js';
import { isContainer } from '../llm/reply-value.js';

export const REGIMES = ['MOMENTUM', 'RANGING', 'TRANSITIONAL'] as const;
export type RegimeName = (typeof REGIMES)[number];
export const TRENDS = ['STRONG_BULL', 'WEAK_BULL', 'NEUTRAL', 'WEAK_BEAR', 'STRONG_BEAR'] as const;
export type Trend = (typeof TRENDS)[number];
export const VOLATILITIES = ['HIGH', 'NORMAL', 'LOW'] as const;
export const RISK_MODES = ['AGGRESSIVE', 'NORMAL', 'DEFENSIVE'] as const;

/** Longest reasoning that is kept: two or three sentences. */
const MAX_REASONING = 400;

/** What a model must answer, all six fields; also the shape that providers are held to. */
export const regimeReplySchema = z.strictObject({
  regime: z.enum(REGIMES),
  trend: z.enum(TRENDS),
  volatility: z.enum(VOLATILITIES),
  risk_mode: z.enum(RISK_MODES),
  confidence: z.number().min(0).max(1),
  reasoning: z.string().min(1),
});
type RegimeReply = z.infer<typeof regimeReplySchema>;

/** The state of one market, as a model or the heuristic names it. */
export interface Regime {
  readonly regime: RegimeName;
  readonly trend: Trend;
  readonly volatility: RegimeReply['volatility'];
  readonly riskMode: RegimeReply['risk_mode'];
  /** 0-1. */
  readonly confidence: number;
  /** Text of somebody else: one line, bounded, for people only. It goes into no prompt and decides nothing. */
  readonly reasoning: string;
}

export type RegimeReading =
  { readonly kind: 'regime'; readonly regime: Regime } | { readonly kind: 'unusable'; readonly why: string };

/**
 * Reads a model's reply. Nothing is filled in: a missing field, an unknown word or a confidence outside 0-1 makes the
 * reply unusable, where taking it as TRANSITIONAL would close positions on a misprint. The last block that names a
 * regime counts.
 */
export function parseRegime(text: string): RegimeReading {
  const { blocks } = findBlocks(text);
  const block = blocks.findLast(
    ({ value }) => value.kind === 'object' && membersByName(value)('regime') !== undefined,
  );
  if (block?.value.kind !== 'object') return unusable('no JSON object with a regime in it');
  if (block.end !== 'closed' || !block.value.whole) return unusable('the JSON is cut off or damaged');
  const fields = membersByName(block.value);
  const said: Record<string, unknown> = {};
  for (const name of Object.keys(regimeReplySchema.shape)) {
    const member = fields(name);
    if (member === undefined) return unusable(`${name} is missing`);
    if (member.contradictory) return unusable(`${name} is said twice, differently`);
    said[name] = name === 'confidence' ? numberIn(member) : textIn(name, member);
  }
  const parsed = regimeReplySchema.safeParse(said);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return unusable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`);
  }
  const { regime, trend, volatility, risk_mode, confidence, reasoning } = parsed.data;
  return {
    kind: 'regime',
    regime: {
      regime,
      trend,
      volatility,
      riskMode: risk_mode,
      confidence,
      reasoning: printable(reasoning, MAX_REASONING),
    },
  };
}

function unusable(why: string): RegimeReading {
  return { kind: 'unusable', why };
}

function numberIn({ value }: FoundMember): number | undefined {
  const reading = readNumber(value, 'plain');
  return reading.kind === 'number' ? reading.value : undefined;
}

function textIn(name: string, { value }: FoundMember): string | undefined {
  if (value.kind !== 'text' || isContainer(value)) return undefined;
  return name === 'reasoning' ? value.text.trim() : value.text.trim().toUpperCase();
}
