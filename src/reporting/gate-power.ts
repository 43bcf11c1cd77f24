import type { ShareRange } from '../core/metrics/share-range.js';
import { oneLookDays, oneLookPower } from '../core/promotion/one-look-power.js';
import type { GateModel } from '../core/promotion/simulated-arena.js';
import { rangeJson } from './gate-proof-json.js';
import { NOT_CHECKED, counted, rangeWords } from './gate-proof-text.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

/** How long skill takes to be proven. */
export interface GatePower {
  readonly model: GateModel;
  readonly arenas: number;
  /** The chance that it has been by each look. */
  readonly byLook: readonly (ShareRange | undefined)[];
  /** That the gate ever promoted one of the others. */
  readonly unskilled: ShareRange | undefined;
}

/** The chances whose day is told. */
const TARGETS = [0.5, 0.8] as const;

interface Row {
  readonly day: number;
  readonly alpha: number;
  readonly alone: number;
  readonly proven: ShareRange | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Look', align: 'left', cell: (row) => `day ${String(row.day)}` },
  { title: 'Asks for p below', align: 'right', cell: (row) => row.alpha.toPrecision(2) },
  { title: 'Proven by then (95 % range)', align: 'right', cell: (row) => rangeWords(row.proven) },
  {
    title: 'This look alone, by arithmetic',
    align: 'right',
    cell: (row) => `${fixed(100 * row.alone, 1)} %`,
  },
];

export function gatePowerText(power: GatePower): string[] {
  const { model, arenas, unskilled } = power;
  const { contestants, sharpe, rules } = model;
  const days = targetDays(power);
  return [
    `One contestant with a true annual Sharpe of ${String(sharpe)} among ${grouped(contestants)}, the others without skill.`,
    `${counted(arenas, 'arena')} over ${String(model.days)} days, volatility ${String(model.annualVolatilityPct)} % a year, seed ${String(model.seed)}; budget ${fixed(100 * rules.alpha, 0)} %.`,
    '',
    ...textTable(COLUMNS, rowsOf(power)),
    '',
    ...days.map(
      ({ chance, day, oneLook }) =>
        `Proven in ${fixed(100 * chance, 0)} of 100 arenas: ${day === undefined ? `not within ${withinWords(model)}` : `by the look on day ${String(day)}`}` +
        `; with ONE look at ${fixed(100 * rules.alpha, 0)} %: ${oneLook === undefined ? 'n/a' : `${grouped(Math.round(oneLook))} days`} (arithmetic).`,
    ),
    ...(unskilled === undefined
      ? []
      : [`One of the others was promoted meanwhile, in an arena: ${rangeWords(unskilled)}.`]),
    `Not checked (drawn returns do not have it): ${NOT_CHECKED.join(', ')}.`,
  ];
}

export function gatePowerJson(power: GatePower, looks: string): object {
  const { model, arenas, unskilled } = power;
  return {
    inputs: {
      arenas,
      contestants: model.contestants,
      sharpe: model.sharpe,
      days: model.days,
      volatilityPct: model.annualVolatilityPct,
      looks,
      alpha: model.rules.alpha,
      seed: model.seed,
    },
    looks: rowsOf(power).map(({ day, alpha, alone, proven }) => ({
      day,
      hours: day * 24,
      asksForPBelow: alpha,
      provenBy: proven?.share ?? null,
      provenByRange: rangeJson(proven),
      thisLookAloneArithmetic: alone,
    })),
    days: targetDays(power).map(({ chance, day, oneLook }) => ({
      chance,
      provenByDay: day ?? null,
      oneLookDaysArithmetic: oneLook ?? null,
    })),
    promotedUnskilled: unskilled?.share ?? null,
    promotedUnskilledRange: rangeJson(unskilled),
    notChecked: NOT_CHECKED,
  };
}

function rowsOf({ model, byLook }: GatePower): Row[] {
  const { contestants, sharpe, rules } = model;
  return rules.looks.map(({ hours, share }, i) => {
    const level = rules.alpha * share;
    const day = hours / 24;
    return {
      day,
      alpha: level / contestants,
      alone: oneLookPower(sharpe, contestants, level, day),
      proven: byLook[i],
    };
  });
}

function targetDays({ model, byLook }: GatePower): { chance: number; day?: number; oneLook?: number }[] {
  const { contestants, sharpe, rules } = model;
  return TARGETS.map((chance) => {
    const look = rules.looks[byLook.findIndex((range) => range !== undefined && range.share >= chance)];
    const oneLook = oneLookDays(sharpe, contestants, rules.alpha, chance);
    return {
      chance,
      ...(look === undefined ? {} : { day: look.hours / 24 }),
      ...(oneLook === undefined ? {} : { oneLook }),
    };
  });
}

function withinWords({ days }: GateModel): string {
  return days === 365 ? 'a year' : `${String(days)} days`;
}
