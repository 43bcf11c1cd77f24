import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { SMALL_RULES } from '../../../test/support/small-rules.js';
import { FREE, NO_LIMITS, sessionFor } from '../../../test/support/scripted-kind.js';
import { askStrategy, acceptStep } from '../session/decide.js';
import { advanceSession } from '../session/session.js';
import { createKinds } from './catalog.js';

/** Ties within rounding are told apart by the rule, not by what people read. */
const CLEAR = 1e-6;

describe.each(Object.keys(SMALL_RULES))('the explanation of %s', (name) => {
  const kind = createKinds().find(name);
  if (kind?.explain === undefined) throw new Error(name);
  const explain = kind.explain.bind(kind);

  it.each(['long', 'short'] as const)('says what the rule then does, %s', (side) => {
    const params = kind.manifest.parameters.parse({ ...SMALL_RULES[name], side });
    let acted = 0;
    fc.assert(
      fc.property(arbitraryBars(60), (bars) => {
        const market = marketOf([bars], { instruments: [perpetual('A')] });
        const session = sessionFor(kind, market, { params, costs: FREE, limits: NO_LIMITS });
        for (let t = 0; t < market.length; t++) {
          advanceSession(session, t);
          const step = askStrategy(session, t);
          if (step instanceof Promise) throw new Error('a rule answers at once');
          const held = (session.account.positions[0]?.quantity ?? 0) !== 0;
          const gauges = explain(session.observation, session.memory).filter((g) =>
            g.rule.startsWith(held ? 'leave' : 'enter'),
          );
          const clear = gauges.every((g) => Math.abs(g.value - g.threshold) > CLEAR * Math.abs(g.threshold));
          const holds = gauges.length > 0 && gauges.every((g) => g.holds === true);
          const acts = step.intents.some((intent) => intent.kind === (held ? 'close' : 'open'));
          const fresh =
            (session.memory as { stance: number[] }).stance[0] === (held ? (side === 'long' ? 1 : -1) : 0);
          if (session.observation.market.hasBar(0) && clear && fresh) {
            expect(acts, JSON.stringify(gauges)).toBe(holds);
            if (acts) acted++;
          }
          acceptStep(session, step, t, []);
        }
      }),
      { numRuns: 40 },
    );
    expect(acted).toBeGreaterThan(5);
  });
});
