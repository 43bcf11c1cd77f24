import type { ShareRange } from '../core/metrics/share-range.js';
import type { RuleRecord } from '../core/promotion/simulate-gate.js';
import { type GateProof, NOT_CHECKED, spentShare } from './gate-proof-text.js';

/** The machine's form of a simulation: fractions, each with its 95 % range beside it; null is "cannot be measured". */
export function gateProofJson({ model, arenas, gate, naive }: GateProof, looks: string): object {
  const { rules } = model;
  return {
    inputs: {
      arenas,
      contestants: model.contestants,
      days: model.days,
      sharpe: model.sharpe,
      skilled: model.sharpe === 0 ? 0 : model.skilled,
      volatilityPct: model.annualVolatilityPct,
      looks,
      lookHours: rules.looks.map(({ hours }) => hours),
      alpha: rules.alpha,
      alphaSpent: rules.alpha * spentShare(model),
      seed: model.seed,
    },
    gate: ruleJson(gate),
    naive: ruleJson(naive),
    notChecked: NOT_CHECKED,
  };
}

function ruleJson(record: RuleRecord): object {
  return {
    promotedAny: record.any?.share ?? null,
    promotedAnyRange: rangeJson(record.any),
    promotedShare: record.each?.share ?? null,
    promotedShareRange: rangeJson(record.each),
    promotedUnskilled: record.anyUnskilled?.share ?? null,
    promotedUnskilledRange: rangeJson(record.anyUnskilled),
  };
}

export function rangeJson(range: ShareRange | undefined): readonly [number, number] | null {
  return range === undefined ? null : [range.low, range.high];
}
