import { z } from 'zod';
import type { Intent, OpenIntent, Size } from '../../domain/intent.js';
import { DAY_MS } from '../../domain/time.js';
import type { FeatureView, Gauge, Observation, Step, StrategyKind } from '../strategy.js';

const YEAR_MS = 365 * DAY_MS;

/** Parameters once the inner kind has been found and its own parameters parsed. */
export interface VolatilityTargetParams {
  readonly of: { readonly kind: string; readonly version: number; readonly params: unknown };
  readonly annual: number;
  readonly period: number;
  readonly most: number;
  readonly band: number;
}

interface Memory {
  readonly inner: unknown;
  /** The factor with which each symbol was last sized; 0 while flat. */
  readonly sized: readonly number[];
}

/**
 * Wraps any other kind: its sizes are scaled by target volatility over realised volatility of the symbol
 * (Moreira & Muir 2017, at the level of one position), never above `most`. A held position is resized when
 * its factor has moved by more than `band`. The inner kind decides when; this decides how much.
 */
export function volatilityTarget(
  find: (name: string) => StrategyKind | undefined,
): StrategyKind<VolatilityTargetParams, Memory> {
  const innerOf = (p: VolatilityTargetParams): StrategyKind => {
    const kind = find(p.of.kind);
    if (kind === undefined) throw new Error(`there is no kind ${p.of.kind}`);
    return kind;
  };
  return {
    manifest: {
      kind: 'volatility-target',
      version: 1,
      summary: 'another kind with its positions scaled to a target volatility',
      feeds: {},
      parameters: parametersOver(find),
      costClass: 'rule',
    },
    label: (p) =>
      `${innerOf(p).label(p.of.params)} at ${String(Number((p.annual * 100).toPrecision(4)))}% vol`,
    features: (p) => [
      { indicator: 'volatility', params: { period: p.period } },
      ...innerOf(p).features(p.of.params),
    ],
    warmupBars: (p) => Math.max(p.period + 1, innerOf(p).warmupBars(p.of.params)),
    code: (p) => innerOf(p).code?.(p.of.params),
    takesShorts: (p) => innerOf(p).takesShorts?.(p.of.params) ?? false,
    begin: (p, seed, symbols) => ({
      inner: innerOf(p).begin(p.of.params, seed, symbols),
      sized: symbols.map(() => 0),
    }),
    decide(o, memory): Step<Memory> {
      const inner = innerOf(o.params);
      const step = inner.decide(innerObservation(o), memory.inner);
      if (step instanceof Promise) throw new Error('an overlay cannot wrap a kind that answers later');
      const factors = o.symbols.map((_, symbol) => factorOf(o, symbol));
      const sized = [...memory.sized];
      const intents: Intent[] = [];
      const spoken = new Set(step.intents.map((intent) => intent.symbol));
      for (const intent of step.intents) {
        const symbol = o.symbols.indexOf(intent.symbol);
        if (intent.kind !== 'open' && intent.kind !== 'target') {
          intents.push(intent);
          continue;
        }
        const factor = factors[symbol] ?? NaN;
        // Without a volatility there is no size: the inner kind may ask again.
        if (!(factor > 0)) continue;
        sized[symbol] = factor;
        intents.push(
          intent.kind === 'open'
            ? { ...intent, size: scaledSize(intent, factor) }
            : { ...intent, weight: intent.weight * factor },
        );
      }
      o.symbols.forEach((name, symbol) => {
        const position = o.portfolio.position(symbol);
        if (position === undefined) {
          if (!spoken.has(name)) sized[symbol] = 0;
          return;
        }
        const before = sized[symbol] ?? 0;
        const now = factors[symbol] ?? NaN;
        if (spoken.has(name) || !(before > 0) || !(now > 0) || !o.market.hasBar(symbol)) return;
        if (Math.abs(now / before - 1) <= o.params.band) return;
        sized[symbol] = now;
        const weight = (position.quantity * position.markPrice) / o.portfolio.equityUsd;
        intents.push({
          kind: 'target',
          symbol: name,
          weight: (weight * now) / before,
          reason: 'volatility',
          ...(position.leverage === 1 ? {} : { leverage: position.leverage }),
        });
      });
      const changed = sized.some((factor, symbol) => factor !== memory.sized[symbol]);
      return {
        intents,
        ...(changed || step.memory !== undefined
          ? { memory: { inner: step.memory ?? memory.inner, sized } }
          : {}),
        why: step.why,
      };
    },
    explain(o, memory): Gauge[] {
      return [
        ...(innerOf(o.params).explain?.(innerObservation(o), memory.inner) ?? []),
        ...o.symbols.map((symbol, i) => ({
          symbol,
          rule: 'size factor',
          text: `${String(o.params.annual)} over realised volatility, at most ${String(o.params.most)}`,
          value: factorOf(o, i),
          threshold: memory.sized[i] ?? NaN,
          holds: undefined,
        })),
      ];
    },
  };
}

/** Target over realised volatility, both a year's; NaN during warm-up or in a market that stands still. */
function factorOf(o: Observation<VolatilityTargetParams>, symbol: number): number {
  const perBar = o.features.value(symbol, 0);
  const annual = perBar * Math.sqrt(YEAR_MS / o.market.timeframeMs);
  return annual > 0 ? Math.min(o.params.most, o.params.annual / annual) : NaN;
}

function scaledSize({ size }: OpenIntent, factor: number): Size {
  if ('weight' in size) return { weight: size.weight * factor };
  if ('notionalUsd' in size) return { notionalUsd: size.notionalUsd * factor };
  if ('quantity' in size) return { quantity: size.quantity * factor };
  return { riskFraction: size.riskFraction * factor };
}

/** What the inner kind sees: its own parameters and features, everything else unchanged. */
function innerObservation(o: Observation<VolatilityTargetParams>): Observation {
  const features: FeatureView = {
    value: (symbol, feature, ago) => o.features.value(symbol, feature + 1, ago),
  };
  return {
    params: o.params.of.params,
    nowMs: o.nowMs,
    symbols: o.symbols,
    market: o.market,
    features,
    portfolio: o.portfolio,
    limits: o.limits,
    exits: o.exits,
    refusals: o.refusals,
    answer: (slot) => o.answer(slot),
    random: () => o.random(),
  };
}

function parametersOver(find: (name: string) => StrategyKind | undefined): z.ZodType<VolatilityTargetParams> {
  return z.strictObject({
    of: z
      .strictObject({ kind: z.string(), params: z.unknown().optional(), version: z.int().optional() })
      .transform((of, context) => {
        const kind = find(of.kind);
        const fail = (message: string): never => {
          context.addIssue({ code: 'custom', message });
          return z.NEVER;
        };
        if (kind === undefined) return fail(`there is no kind "${of.kind}" to wrap`);
        if (kind.questions !== undefined || kind.manifest.role !== undefined)
          return fail(`${of.kind} cannot be wrapped`);
        const parsed = kind.manifest.parameters.safeParse(of.params ?? {});
        if (!parsed.success) {
          const [issue] = parsed.error.issues;
          return fail(`${of.kind}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong parameters'}`);
        }
        return { kind: of.kind, version: kind.manifest.version, params: parsed.data };
      })
      .describe('the kind that decides, with its parameters'),
    annual: z.number().gt(0).max(5).default(0.4).describe('target volatility a year, 0.4 = 40 %'),
    period: z.int().min(2).max(5000).default(168).describe('bars of the realised volatility'),
    most: z.number().gt(0).max(20).default(1).describe('largest factor'),
    band: z.number().min(0).max(10).default(0.25).describe('resize a held position beyond this change'),
  });
}
