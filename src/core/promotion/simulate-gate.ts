import { type ShareRange, groupedShareRange, shareRange } from '../metrics/share-range.js';
import { type GateModel, playSimulatedArena } from './simulated-arena.js';

/** How often a rule promoted, over some arenas. Whole numbers, so that parts add up to the same in any order. */
export interface RuleTally {
  /** Arenas in which anybody was promoted. */
  any: number;
  /** Arenas in which somebody without skill was promoted. */
  anyUnskilled: number;
  /** Contestants with skill that were promoted, and the sum of the square of their number in each arena. */
  skilled: number;
  skilledSquares: number;
}

export interface GateTally {
  arenas: number;
  gate: RuleTally;
  naive: RuleTally;
  /** Contestants with skill that the gate promoted first at each look. */
  skilledAtLook: number[];
}

/** Arenas number `from` up to, without, `to`. Parts may be played anywhere and added with `addTallies`. */
export function simulateArenas(
  model: GateModel,
  from: number,
  to: number,
  play: typeof playSimulatedArena = playSimulatedArena,
): GateTally {
  const tally = openTally(model);
  for (let arena = from; arena < to; arena++) {
    const { gateLooks, naiveHours } = play(model, arena);
    tally.arenas++;
    count(tally.gate, gateLooks, model.skilled);
    count(tally.naive, naiveHours, model.skilled);
    for (const look of gateLooks.slice(0, model.skilled))
      if (look !== undefined) tally.skilledAtLook[look] = (tally.skilledAtLook[look] ?? 0) + 1;
  }
  return tally;
}

export function openTally(model: GateModel): GateTally {
  const rule = (): RuleTally => ({ any: 0, anyUnskilled: 0, skilled: 0, skilledSquares: 0 });
  return { arenas: 0, gate: rule(), naive: rule(), skilledAtLook: model.rules.looks.map(() => 0) };
}

function count(tally: RuleTally, promoted: readonly (number | undefined)[], skilled: number): void {
  const hits = (from: number, to?: number): number =>
    promoted.slice(from, to).filter((when) => when !== undefined).length;
  const withSkill = hits(0, skilled);
  const without = hits(skilled);
  if (withSkill + without > 0) tally.any++;
  if (without > 0) tally.anyUnskilled++;
  tally.skilled += withSkill;
  tally.skilledSquares += withSkill * withSkill;
}

export function addTallies(a: GateTally, b: GateTally): GateTally {
  const rule = (x: RuleTally, y: RuleTally): RuleTally => ({
    any: x.any + y.any,
    anyUnskilled: x.anyUnskilled + y.anyUnskilled,
    skilled: x.skilled + y.skilled,
    skilledSquares: x.skilledSquares + y.skilledSquares,
  });
  return {
    arenas: a.arenas + b.arenas,
    gate: rule(a.gate, b.gate),
    naive: rule(a.naive, b.naive),
    skilledAtLook: a.skilledAtLook.map((hits, look) => hits + (b.skilledAtLook[look] ?? 0)),
  };
}

export interface RuleRecord {
  /** That anybody is promoted. */
  readonly any: ShareRange | undefined;
  /** That somebody without skill is; undefined where all have skill. */
  readonly anyUnskilled: ShareRange | undefined;
  /** That a contestant with skill is; of those without, where nobody has any. */
  readonly each: ShareRange | undefined;
}

export function recordOf(tally: GateTally, rule: 'gate' | 'naive', model: GateModel): RuleRecord {
  const { any, anyUnskilled, skilled, skilledSquares } = tally[rule];
  const anybody = shareRange(any, tally.arenas);
  return {
    any: anybody,
    anyUnskilled:
      model.sharpe === 0
        ? anybody
        : model.skilled < model.contestants
          ? shareRange(anyUnskilled, tally.arenas)
          : undefined,
    each: groupedShareRange(skilled, skilledSquares, tally.arenas, model.skilled),
  };
}

/** That a contestant with skill has been promoted by each look. Meant for one such contestant an arena. */
export function promotedByLook(tally: GateTally, model: GateModel): (ShareRange | undefined)[] {
  let hits = 0;
  return tally.skilledAtLook.map((more) => {
    hits += more;
    return shareRange(hits, tally.arenas * model.skilled);
  });
}
