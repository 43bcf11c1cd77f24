/** The side a rule is asked about: 1 long, -1 short. A rule mirrors itself for shorts. */
export type Side = 1 | -1;

/** The close, a declared feature, or a number. */
export type Operand = 'close' | number | { readonly feature: number };

export interface Condition {
  readonly leads: 'enter' | 'leave';
  readonly left: Operand;
  readonly is: '>' | '<';
  readonly right: Operand;
}

/** Both conditions of a rule that enters on one side of a level and leaves on the other. */
export function crossConditions(left: Operand, right: Operand, side: Side): readonly Condition[] {
  const over = side === 1 ? '>' : '<';
  const under = side === 1 ? '<' : '>';
  return [
    { leads: 'enter', left, is: over, right },
    { leads: 'leave', left, is: under, right },
  ];
}
