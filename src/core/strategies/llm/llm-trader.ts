/**
 * A language model as a strategy: a pure prompt, a pure reading of its reply, and this file between them. The model is
 * asked by data (`questions`) and its answer is an argument of the decision; nothing here waits or fetches.
 */
import type { Intent } from '../../domain/intent.js';
import type { ModelQuestion } from '../../domain/model-call.js';
import { type Gauge, NO_INTENTS, type Observation, type Step, type StrategyKind } from '../strategy.js';
import { isSameDecision } from './compare-decisions.js';
import { promptDirect1 } from './prompt-direct-1.js';
import { untoldAfter } from './prompt-news.js';
import type { PromptTemplate } from './prompt-template.js';
import { promptTrader1 } from './prompt-trader-1.js';
import { readAnswer } from './read-answer.js';
import { signalRefusalText } from './signal-refusal.js';
import { type TraderParams, setupOf, traderParameters } from './trader-params.js';
import { EMPTY_MEMORY, type TraderMemory } from './trader-memory.js';
import { type TraderView, conditionGauges, hasAnyBar, traderView } from './trader-view.js';

/** Manages all its symbols with one prompt. */
export const llmTrader = modelKind({
  kind: 'llm-trader',
  summary: 'a language model that trades several symbols from a prompt of figures',
  templates: [promptTrader1],
  maxSymbols: 20,
});

/** Asks about one symbol at every bar: what the slow and fast layers of a regime agent are compared with. */
export const llmDirect = modelKind({
  kind: 'llm-direct',
  summary: 'a language model that is asked about one symbol at every bar',
  templates: [promptDirect1],
  maxSymbols: 1,
});

const DECIDE = 'decide';
const PROBE = 'probe';
/** A reply may name any number of coins; of what was wrong with them this many are kept and told. */
const MAX_TOLD_REFUSALS = 20;

interface ModelKind {
  readonly kind: string;
  readonly summary: string;
  /** The first one is the default. */
  readonly templates: readonly [PromptTemplate, ...PromptTemplate[]];
  readonly maxSymbols: number;
}

function modelKind({
  kind,
  summary,
  templates,
  maxSymbols,
}: ModelKind): StrategyKind<TraderParams, TraderMemory> {
  const [first, ...others] = templates;
  const templateOf = (params: TraderParams): PromptTemplate =>
    others.find(({ name }) => name === params.prompt) ?? first;
  return {
    manifest: {
      kind,
      version: 1,
      summary,
      feeds: { llm: 'required', funding: 'optional', openInterest: 'optional' },
      parameters: traderParameters([first.name, ...others.map(({ name }) => name)]),
      costClass: 'model',
      maxSymbols,
    },
    label: (p) =>
      `${p.model}${p.temperature === null ? '' : ` t${String(p.temperature)}`}${p.mask ? ' masked' : ''} ${p.prompt}${p.trial === 1 ? '' : ` trial ${String(p.trial)}`}`,
    features: (p) => templateOf(p).features,
    warmupBars: (p) => templateOf(p).warmupBars,
    begin: () => EMPTY_MEMORY,
    questions(observation, memory): readonly ModelQuestion[] {
      if (!hasAnyBar(observation)) return [];
      const { params } = observation;
      const template = templateOf(params);
      const { input } = traderView(observation, memory, template);
      const question: ModelQuestion = {
        slot: DECIDE,
        setup: setupOf(params),
        trial: params.trial,
        probe: 0,
        system: template.system(input),
        user: template.user(input),
        form: 'signals',
        budgetUsdPerDay: params.budgetUsdPerDay,
      };
      return observation.random() < params.probeShare
        ? [question, { ...question, slot: PROBE, probe: 1 }]
        : [question];
    },
    explain(observation, memory): readonly Gauge[] {
      return conditionGauges(traderView(observation, memory, templateOf(observation.params)));
    },
    decide(observation, memory): Step<TraderMemory> {
      if (!hasAnyBar(observation)) return { intents: NO_INTENTS, why: { code: 'no-bar' } };
      return decideWith(traderView(observation, memory, templateOf(observation.params)), observation);
    },
  };
}

function decideWith(view: TraderView, observation: Observation<TraderParams>): Step<TraderMemory> {
  const { input, leaving } = view;
  const { memory } = input;
  const exits = invalidated(observation, leaving);
  const leftLines = [...leaving].map(
    (index) =>
      `closed: ${input.names.shown[index] ?? ''}, because the invalidation condition that you gave came true`,
  );
  const answer = readAnswer(observation.answer(DECIDE), view, observation.params.servedBy);
  const after = { ...memory, invocations: memory.invocations + 1 };
  if (answer.kind === 'failed')
    return {
      intents: exits,
      // Refusals that nobody has heard of are among what is untold now.
      memory: { ...after, refused: [], untold: untoldAfter(input, [...answer.tell, ...leftLines]) },
      why: { code: exits.length > 0 ? 'invalidated' : 'fault' },
      fault: answer.why,
    };
  const { decided } = answer;
  const intents = [...exits, ...decided.intents];
  const again = readAnswer(observation.answer(PROBE), view, observation.params.servedBy);
  const refused = decided.refusals.slice(0, MAX_TOLD_REFUSALS);
  const refusals = refused.map((refusal) => signalRefusalText(refusal, (symbol) => symbol));
  return {
    intents,
    memory: { ...after, plans: decided.plans, refused, untold: leftLines },
    why: {
      code: intents.length > 0 ? 'act' : refusals.length > 0 ? 'refused' : answer.word,
      ...(refusals.length === 0 ? {} : { detail: refusals.join('; ') }),
    },
    ...(again.kind === 'failed'
      ? {}
      : { probe: isSameDecision(decided.intents, again.decided.intents) ? 'same' : 'flipped' }),
  };
}

function invalidated({ symbols }: Observation, leaving: ReadonlySet<number>): Intent[] {
  return [...leaving].map((index) => ({
    kind: 'close',
    symbol: symbols[index] ?? '',
    reason: 'invalidated',
  }));
}
