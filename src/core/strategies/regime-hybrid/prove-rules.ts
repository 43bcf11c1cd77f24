import { boxesMeet } from './box.js';
import type { EntryRule, ExitRule } from './rule.js';

/** A rule of a table in which no entry meets its own exit. */
export type ProvenRule = EntryRule & { readonly proven: true };

export interface Contradiction {
  readonly rule: string;
  /** The exit that some values of the entry meet at once. */
  readonly exit: string;
}

/** At the entry nothing is won or lost yet. */
const AT_ENTRY = { profit: { from: 0, to: 0 } };

/**
 * Every pair of an entry and one of its own exits that a single set of values can meet: such a rule buys what it
 * sells at the next look, and pays for both. Exact, because rules are boxes: two boxes meet when they do so on every
 * axis.
 */
export function findContradictions(rules: readonly EntryRule[]): Contradiction[] {
  return rules.flatMap((rule) =>
    rule.exits
      .filter((exit) => concerns(exit, rule) && boxesMeet({ ...rule.box, ...AT_ENTRY }, exit.box))
      .map((exit) => ({ rule: rule.id, exit: exit.id })),
  );
}

/** Throws where a table contradicts itself; called when the table is loaded. */
export function proveRules(rules: readonly EntryRule[], name: string): readonly ProvenRule[] {
  const found = findContradictions(rules);
  if (found.length > 0)
    throw new Error(
      `${name} contradicts itself: ${found.map(({ rule, exit }) => `${rule} meets its exit ${exit}`).join('; ')}`,
    );
  return rules.map((rule) => ({ ...rule, proven: true }));
}

function concerns(exit: ExitRule, { regime, trend }: EntryRule): boolean {
  return exit.regimes?.includes(regime) !== false && exit.trends?.includes(trend) !== false;
}
