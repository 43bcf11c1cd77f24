import type { Intent, Refusal } from '../../src/core/domain/intent.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../../src/core/domain/ledger.js';
import { type ModelAnswer, type ModelQuestion, NO_TOKENS } from '../../src/core/domain/model-call.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import type { RiskLimits } from '../../src/core/risk/limits.js';
import { acceptStep, askStrategy, decidesAt, questionsOf } from '../../src/core/session/decide.js';
import { type Session, advanceSession } from '../../src/core/session/session.js';
import { erase } from '../../src/core/strategies/catalog.js';
import { llmTrader } from '../../src/core/strategies/llm/llm-trader.js';
import type { Step } from '../../src/core/strategies/strategy.js';
import { sessionFor } from './scripted-kind.js';

/** One decision of a session whose model says what a test wrote. */
export interface ModelDecision {
  readonly t: number;
  readonly questions: readonly ModelQuestion[];
  readonly step: Step<unknown>;
  readonly intents: readonly Intent[];
  /** What the arena's own review refused of it. */
  readonly refused: readonly Refusal[];
}

export interface PlayedModel {
  readonly decisions: readonly ModelDecision[];
  readonly fills: readonly LedgerEntry[];
}

/** What the model answers to a question; a text is an answer, undefined is none at all. */
export type Script = (question: ModelQuestion, t: number) => ModelAnswer | string | undefined;

export function answered(
  text: string,
  more: { stop?: 'end' | 'length'; servedBy?: string } = {},
): ModelAnswer {
  return {
    kind: 'answered',
    text,
    stop: more.stop ?? 'end',
    servedBy: more.servedBy ?? 'made',
    fingerprint: null,
    usage: NO_TOKENS,
    costUsd: 0,
  };
}

/** Plays slots [from, to) as the arena does, asking and answering before each decision. Memory passes through JSON. */
export function playModelSession(
  session: Session,
  script: Script,
  from = 0,
  to = session.venue.market.length,
): PlayedModel {
  const decisions: ModelDecision[] = [];
  const fills: LedgerEntry[] = [];
  for (let t = from; t < to; t++) {
    session.venue.ledger.length = 0;
    advanceSession(session, t);
    const doubles = session.venue.ledger.doubles.slice(0, session.venue.ledger.length);
    for (let i = 0; i < ledgerCount(doubles); i++) fills.push(readLedgerEntry(doubles, i));
    if (!decidesAt(session, t)) continue;
    const questions = questionsOf(session, t);
    const answers = new Map<string, ModelAnswer>();
    for (const question of questions) {
      const said = script(question, t);
      if (said !== undefined) answers.set(question.slot, typeof said === 'string' ? answered(said) : said);
    }
    session.observation.answers = answers;
    const step = askStrategy(session, t);
    acceptStep(session, step, t, []);
    session.memory = JSON.parse(JSON.stringify(session.memory)) as unknown;
    decisions.push({ t, questions, step, intents: step.intents, refused: session.refused });
  }
  return { decisions, fills };
}

/** A session of llm-trader on a market of hand-made bars, without costs or limits unless given. */
export function modelSession(
  market: MarketTable,
  params: Record<string, unknown> = {},
  options: { limits?: RiskLimits } = {},
): Session {
  const kind = erase(llmTrader);
  const parsed = kind.manifest.parameters.parse({ provider: 'made', model: 'scripted', ...params });
  return sessionFor(kind, market, { ...options, params: parsed });
}

/** A reply with these entries, as the prompt asks for it; what an entry leaves out is null. */
export function replyOf(...signals: readonly Record<string, unknown>[]): string {
  const blank = {
    coin: null,
    signal: null,
    quantity: null,
    leverage: null,
    profit_target: null,
    stop_loss: null,
    invalidation_condition: null,
    confidence: null,
    risk_usd: null,
  };
  const decisions = signals.map((signal) => ({ ...blank, ...signal }));
  return `# CHAIN OF THOUGHT\nThought.\n\n# TRADING DECISIONS\n${JSON.stringify({ decisions })}`;
}
