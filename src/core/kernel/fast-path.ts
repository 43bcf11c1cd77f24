/** The one place that decides which contestants the fast kernel plays; `explain` tells its answer. */
import type { MarketTable } from '../domain/market-table.js';
import type { SessionPlan } from '../session/session-plan.js';
import type { SignalRule, Sizing } from '../strategies/signal-kind.js';
import type { StrategyKind } from '../strategies/strategy.js';

/** The rule of a kind that is nothing but a signal over columns. */
export function signalRuleOf(kind: StrategyKind): SignalRule<Sizing> | undefined {
  return (kind as StrategyKind & { readonly rule?: SignalRule<Sizing> }).rule;
}

/** Why the general session has to play this plan at every bar, in words; undefined where the kernel can. */
export function whyGeneral(plan: SessionPlan, market: MarketTable): string | undefined {
  const { kind, limits, symbols } = plan;
  if (signalRuleOf(kind) === undefined) return `${kind.manifest.kind} is not a rule over shared columns`;
  if (kind.code !== undefined) return 'its code is not part of the product';
  if (plan.timeframe !== market.timeframe) return `it decides on ${plan.timeframe} bars`;
  if (plan.breakers !== undefined) return 'it has breakers, which look at every bar';
  if (plan.protection !== undefined) return 'its account has protections of its own';
  if (plan.orphans !== undefined) return 'it holds inherited positions';
  if (limits.correlatedAbove !== undefined) return 'a limit asks for correlations';
  if (limits.maxClassExposureFraction !== undefined) return 'a limit counts classes of symbols';
  const params = plan.params as Sizing;
  const leverage = leverageOf(params);
  for (const symbol of symbols) {
    const instrument = market.instruments[market.symbols.indexOf(symbol)];
    if (instrument === undefined) return `the market has no ${symbol}`;
    if (leverage > instrument.maxLeverage)
      return `${symbol} allows a leverage of ${String(instrument.maxLeverage)}, it asks for ${String(leverage)}`;
    if (params.side !== 'long' && instrument.type === 'spot') return `${symbol} is spot and it sells short`;
  }
  return undefined;
}

/** More exposure than equity needs leverage; the smallest whole one that carries it, as `signalKind` asks for. */
export function leverageOf(params: Sizing): number {
  return params.exposure > 1 ? Math.ceil(params.exposure) : 1;
}
